"""The verification, tried on pairs whose verdict is known: correct ports, and one fault in each.

`programs` holds small TensorFlow 1 programs, `ports` a correct Keras 3 port of each: functions of
the same names. `faults` lists what people who port get wrong; each is a change of a port.
"""
