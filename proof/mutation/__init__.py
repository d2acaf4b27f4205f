"""Small faults put into the code, one at a time, to see whether a test notices.

The tools at hand did not fit: one leaves functions with decorators alone, and every kernel has one; another
starts Python anew for each fault and writes it into the working tree. Here the tests are collected once, each
fault is tried in a forked process, in memory, and only the tests that run the faulty line are repeated.
"""
