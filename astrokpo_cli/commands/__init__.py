"""One verb a file: parse, a few calls, report. A command owns the order of things, never their logic."""
