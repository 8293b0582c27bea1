# SPDX-License-Identifier: BSD-2-Clause
# The suites of `make check`; each prints its results through scripts/run-tests.

check: ## install what is missing, build, run every test
	$(Q)scripts/install-deps check
	$(Q)scripts/check-all

# Unit tests, and the tests of the scripts that count them.
SCRIPT_TESTS := $(wildcard tests/scripts/test_*.py)

check-unit: $(UNIT_BIN)
	$(Q)scripts/run-tests unit $(UNIT_BIN) $(filter-out %check_layers.py,$(SCRIPT_TESTS))

check-layers: ## the include rules of docs/DESIGN.md
	$(Q)scripts/run-tests layers scripts/check-layers tests/scripts/test_check_layers.py

# A generated document docs/X.md has its program in scripts/gen-X-md.c.
GEN_MD := $(patsubst scripts/gen-%-md.c,%,$(wildcard scripts/gen-*-md.c))
GEN_BIN := $(GEN_MD:%=$(BUILD)/scripts/gen-%-md)

$(BUILD)/scripts/gen-%-md: scripts/gen-%-md.c $(CORE_LIB)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MF $@.d $(ALL_LDFLAGS) $< $(CORE_LIB) -o $@

-include $(GEN_BIN:=.d)

docs: $(GEN_BIN) ## write the generated documents
	$(Q)for d in $(GEN_MD); do \
		$(BUILD)/scripts/gen-$$d-md > $(BUILD)/$$d.md && mv $(BUILD)/$$d.md docs/ || exit 1; \
	done

check-docs: $(GEN_BIN) ## the generated documents are fresh
	$(Q)scripts/run-tests docs tests/docs/test_generated.sh

.PHONY: check-unit check-layers docs check-docs

check-net: $(TOOL) ## network scenarios in private namespaces; as root
	$(Q)scripts/run-tests net tests/net/run.py

.PHONY: check-net

check-cli: $(TOOL) ## the binary's help, messages, man page and completions
	$(Q)BUILD=$(BUILD) scripts/run-tests cli $(wildcard tests/cli/test_*.sh)

.PHONY: check-cli
