"""Kitting plans for tests, and the files beside them."""

from fleet.plan.plan_document import Files, plan_of
from fleet.plan.plan_file import schemas

IMEI = "490154203237518"
CSV = f"simId,name,site,imei\n8942310000000000001,gw-1,東京,{IMEI}\n8942310000000000002,gw-2,osaka,\n"
FILES = Files(
    {"sims.csv": CSV.encode(), "userdata.yaml": b"hostname: '{{ tags.name }}'\n", "secret": b"0123456789abcdef\n"}
)
PLAN = """\
name: spring
sims: {csv: sims.csv, tags: {project: alpha}, speed_class: s1.fast}
groups:
  before: {name: alpha-bench, userdata: userdata.yaml}
  after: {name: alpha-field, userdata: userdata.yaml, readonly: true, dns: [192.0.2.53, 192.0.2.54]}
hook: {url: "https://kitting.example.com/hook", secret_file: secret}
handlers:
  - say: slow down above 10 MB a day
  - say: suspend above 100 MB
  - {say: tell the hook when a SIM comes to life, on: before}
"""
WITHOUT_TAGS = {"userdata.yaml": b"timezone: Asia/Tokyo\n"}
"""A userdata document that fits SIMs without tags."""


def plan(text=PLAN, files=FILES):
    return plan_of(text, files, schemas())


def small_plan(text):
    """A plan without files beside it."""
    return plan(text, Files({}))


def plan_for(operator, text=PLAN, **files):
    """The plan with a list of all SIMs of an operator."""
    rows = "".join(f"{sim_id},gw-{place},tokyo\n" for place, sim_id in enumerate(operator.sim_ids))
    return plan(text, Files({**FILES.contents, "sims.csv": f"simId,name,site\n{rows}".encode(), **files}))
