"""What the desk's pages show: read once, ready to print.

clocks.py   time left, in words
queue.py    the reviewer's home: the lists of cases and how many each has
case.py     one case: everything that its page prints
telling.py  bits of a case put into words: addresses, checks, linked orders, history, script
masking.py  what stands in the place of personal data for those who have not claimed the case
"""

from fraud.selectors.case import CasePage, case_page
from fraud.selectors.clocks import Clock, clock
from fraud.selectors.queue import QueuePage, queue_page

__all__ = ["CasePage", "Clock", "QueuePage", "case_page", "clock", "queue_page"]
