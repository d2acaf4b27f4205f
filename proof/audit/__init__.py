"""What detente rests on: licences, known vulnerabilities, a bill of materials, and what it takes to install.

`make audit` sets up an environment with the core lock alone, then runs `python -m proof.audit` on it.
"""
