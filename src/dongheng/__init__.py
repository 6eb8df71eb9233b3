"""Seoul's index of walking with its weaker citizens (약자동행지수) as a study that reruns."""

__version__ = "0.1.0"
