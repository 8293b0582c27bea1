# SPDX-License-Identifier: BSD-2-Clause
# The suites of `make check`; each prints its results through scripts/run-tests.

check: ## install what is missing, build, run every test
	$(Q)scripts/install-deps check
	$(Q)scripts/check-all
