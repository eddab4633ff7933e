"""The self-test: verifies pairs whose verdict is known, correct ports and ports with one fault.

`programs` holds small TensorFlow 1 programs, `ports` a correct Keras 3 port of each, in functions
of the same names. `faults` lists common mistakes of ports, each as a change of a correct one.
"""
