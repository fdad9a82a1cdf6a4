"""Run by the interpreter of an environment with `soracom-api` from PyPI: does what the desk does, and prints what came.

Arguments: the API's URL, key id, secret, SIM id, IMSI, IMEI. The client checks every answer against its models.
"""

import json
import sys

from soracom_api import ApiClient, Configuration
from soracom_api.api import auth_api, event_handler_api, group_api, order_api, query_api, sim_api, subscriber_api
from soracom_api.model.action_config import ActionConfig
from soracom_api.model.action_config_property import ActionConfigProperty
from soracom_api.model.auth_request import AuthRequest
from soracom_api.model.create_event_handler_request import CreateEventHandlerRequest
from soracom_api.model.create_group_request import CreateGroupRequest
from soracom_api.model.group_configuration_update_request import GroupConfigurationUpdateRequest
from soracom_api.model.rule_config import RuleConfig
from soracom_api.model.rule_config_property import RuleConfigProperty
from soracom_api.model.set_group_request import SetGroupRequest
from soracom_api.model.set_imei_lock_request import SetImeiLockRequest
from soracom_api.model.tag_set import TagSet
from soracom_api.model.tag_update_request import TagUpdateRequest


def story(client, sim_id, imsi, imei):
    sims, groups = sim_api.SimApi(client), group_api.GroupApi(client)
    group = groups.create_group(CreateGroupRequest(tags=TagSet(name="mine")))
    setting = GroupConfigurationUpdateRequest(key="userdata", value="hostname: x")
    group = groups.put_configuration_parameters(group.group_id, "SoracomAir", [setting])
    yield group.configuration["SoracomAir"]["userdata"]
    yield [one.sim_id for one in sims.list_sims(limit=2)]
    yield sims.set_sim_group(sim_id, SetGroupRequest(group_id=group.group_id)).group_id == group.group_id
    yield sims.put_sim_tags(sim_id, [TagUpdateRequest(tag_name="site", tag_value="東京")]).tags["site"]
    yield sims.set_sim_imei_lock(sim_id, set_imei_lock_request=SetImeiLockRequest(imei=imei)).imei_lock.imei == imei
    raw = groups.list_subscribers_in_group(group.group_id, _preload_content=False)
    yield [one["simId"] for one in json.loads(raw.data)] == [sim_id]  # the document of 2022 said one group
    yield subscriber_api.SubscriberApi(client).suspend_subscriber(imsi).status
    yield sims.activate_sim(sim_id).status
    yield [one.sim_id for one in query_api.QueryApi(client).search_sims(imsi=[imsi])] == [sim_id]
    yield order_api.OrderApi(client).list_ordered_subscribers("OR1").ordered_subscriber_list[0].imsi == imsi
    yield handler(event_handler_api.EventHandlerApi(client))


def handler(api):
    rule = RuleConfigProperty(inactive_timeout_date_const="NEVER", limit_total_traffic_mega_byte="100")
    action = ActionConfigProperty(execution_date_time_const="IMMEDIATELY")
    wanted = CreateEventHandlerRequest(
        name="suspend above 100 MB",
        status="active",
        target_operator_id="OP0000000000",
        rule_config=RuleConfig(type="SubscriberMonthlyTrafficRule", properties=rule),
        action_config_list=[ActionConfig(type="SuspendAction", properties=action)],
    )
    made = api.create_event_handler(wanted)
    return [one.name for one in api.list_event_handlers()] == [made.name]


def main(url, key_id, secret, *sim):
    settings = Configuration(host=url)
    with ApiClient(settings) as client:
        signed = auth_api.AuthApi(client).auth(AuthRequest(auth_key_id=key_id, auth_key=secret))
        settings.api_key = {"api_key": signed.api_key, "api_token": signed.token}
        print(json.dumps(list(story(client, *sim))))  # noqa: T201


main(*sys.argv[1:])
