"""Any order, anything managed and any event, for tests that write records and read them back."""

from hypothesis import strategies as st
from some_reasons import REASONS, STEP_REASONS

from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.journal.transaction import ApplyEvent, Happened
from agent.apply.planning.nodes import Absent, Directory, File, Large, Lost, Symlink, sha256
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedParameter, ManagedPath
from agent.effects import ActivateConnections, KernelValues, OnError, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.handover.order import Change, Ran

texts = st.text(max_size=12)
paths = texts.map("/{}".format)
numbers = st.integers(0, 2**32 - 1)
modes = st.integers(0, 0o7777)
owners = (modes, numbers, numbers)
digests = st.binary(max_size=4).map(sha256)
files = st.builds(File, st.binary(max_size=40), *owners)
others = st.one_of(
    st.just(Absent()),
    st.builds(Large, digests, st.integers(0, 2**40), *owners),
    st.builds(Directory, *owners),
    st.builds(Symlink, texts, numbers, numbers),
)
nodes = files | others
kept = nodes | st.builds(Lost, digests)
seconds = st.floats(0, 1e6, allow_nan=False)
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
parameters = st.dictionaries(texts, st.builds(ManagedParameter, texts, texts), max_size=2)
verbs = st.builds(ServiceVerb, texts, st.sampled_from(Verb))
actions = st.one_of(
    st.builds(RunCommand, st.lists(texts, max_size=3).map(tuple), seconds, st.sampled_from(OnError), st.booleans()),
    verbs,
    st.builds(ActivateConnections, st.lists(texts, max_size=3).map(tuple)),
    st.builds(KernelValues, pairs, pairs),
    st.builds(PowerState, st.sampled_from(Power), seconds),
)
steps = st.one_of(
    st.builds(FileStep, paths, kept, nodes, STEP_REASONS, st.booleans()),
    st.builds(ActionStep, actions, STEP_REASONS, st.booleans(), st.booleans(), st.booleans()),
)
entries = st.builds(ManagedPath, digests, kept, STEP_REASONS, st.lists(actions, max_size=2).map(tuple), st.booleans())
managed = st.builds(
    Managed, st.dictionaries(paths, entries, max_size=3), st.frozensets(verbs, max_size=2), texts, parameters
)
orders = st.builds(
    Ordered,
    texts,
    texts,
    st.booleans(),
    st.lists(steps, max_size=4).map(tuple),
    st.lists(st.builds(Change, texts, texts, REASONS), max_size=2).map(tuple),
    managed,
    managed,
    st.sampled_from(Purpose),
    st.dictionaries(paths, digests, max_size=2),
)
failures = st.builds(
    lambda code, detail, where: Failure(code, detail, where=where), st.sampled_from(Code), texts, texts
)
rans = st.builds(Ran, texts, st.integers(-64, 255), seconds, texts, STEP_REASONS)
events = st.builds(
    Happened, st.sampled_from(ApplyEvent), st.none() | st.integers(0, 999), st.none() | failures, st.none() | rans
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
