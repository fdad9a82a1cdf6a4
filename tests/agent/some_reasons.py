"""Any reason, for tests that write reasons down and read them back."""

from hypothesis import strategies as st

from agent.errors import Code
from agent.reasons import Cause, DirectoryAbove, DocumentKey, Drift, EarlierText, NotDone

TEXTS = st.text(max_size=12)
KEYS = st.builds(lambda key, more: DocumentKey((key, *more)), TEXTS, st.lists(TEXTS | st.integers(0, 999), max_size=3))
PLAIN = st.one_of(KEYS, st.sampled_from(Cause), st.builds(EarlierText, TEXTS))
STEP_REASONS = PLAIN | st.builds(DirectoryAbove, PLAIN)
REASONS = st.one_of(STEP_REASONS, st.builds(Drift, KEYS), st.builds(NotDone, st.sampled_from(Code), TEXTS))
