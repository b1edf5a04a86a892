"""How findings, tasks and patches are told: lines for people, documents for programs.

PURE. Each module takes what `findings` defines and gives text or plain data; what a terminal adds is `output`'s.
"""
