# SPDX-License-Identifier: BSD-2-Clause
"""The scenarios; run.py finds every function marked with @scenario."""


def scenario(function):
    function.scenario = True
    return function


def alone(function):
    """Of a scenario that another tracer would disturb: it runs by itself."""
    function.alone = True
    return function
