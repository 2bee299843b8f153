"""What the call desk costs and brings: one reading of the database for a page, each figure as headline, chart and CSV.

periods.py  which stretch of time, and the days, weeks or months it is cut into
read.py     the figures, in a constant number of queries
show.py     the same as headlines and charts
"""

from fraud.figures.periods import PERIODS, Period, period_of
from fraud.figures.read import Figures, read_figures
from fraud.figures.show import Headline, charts_of, headlines_of

__all__ = ["PERIODS", "Figures", "Headline", "Period", "charts_of", "headlines_of", "period_of", "read_figures"]
