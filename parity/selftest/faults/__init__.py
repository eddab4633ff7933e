"""The faults of the self-test, by the kind of program in which they are planted.

Most kinds of mistakes are planted twice: in their usual size, and just large enough to be found.
"""

from parity.selftest.faults import attention
from parity.selftest.faults import convolutional
from parity.selftest.faults import losses
from parity.selftest.faults import masked_words
from parity.selftest.faults import optimizers
from parity.selftest.faults import recurrent
from parity.selftest.faults import schedules
from parity.selftest.faults import translation
from parity.selftest.faults import two_batches
from parity.selftest.faults import two_networks
from parity.selftest.faults import variational

FAULTS = (losses.FAULTS + optimizers.FAULTS + schedules.FAULTS + convolutional.FAULTS
          + recurrent.FAULTS + variational.FAULTS + two_networks.FAULTS + attention.FAULTS
          + translation.FAULTS + masked_words.FAULTS + two_batches.FAULTS)
