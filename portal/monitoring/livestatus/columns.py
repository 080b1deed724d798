"""Columns: what kind of value each holds, by the schema monitoring cores share. A column named in no list is text.

Columns of a host that stand in another table carry `host_` before their name, those of a service `service_`.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """What kind of value a column holds."""

    NUMBER = "number"
    TEXT = "text"
    NAMES = "names"
    LIST = "list"
    PAIRS = "pairs"


_NUMBERS = frozenset(
    """
    state hard_state last_state last_hard_state state_type initial_state has_been_checked check_type acknowledged
    acknowledgement_type scheduled_downtime_depth staleness latency execution_time percent_state_change is_flapping
    is_executing low_flap_threshold high_flap_threshold flap_detection_enabled hourly_value in_check_period
    in_notification_period in_service_period check_interval retry_interval check_freshness checks_enabled
    check_flapping_recovery_notification current_attempt max_check_attempts current_notification_number
    first_notification_delay notification_interval no_more_notifications next_check next_notification last_check
    last_notification last_state_change last_hard_state_change last_update last_time_up last_time_down
    last_time_unreachable last_time_ok last_time_warning last_time_critical last_time_unknown active_checks_enabled
    accept_passive_checks accept_passive_host_checks accept_passive_service_checks event_handler_enabled
    notifications_enabled pnpgraph_present process_performance_data obsess obsess_over_host obsess_over_service
    modified_attributes worst_service_state worst_service_hard_state worst_host_state x_3d y_3d z_3d
    program_start program_pid nagios_pid core_pid last_log_rotation last_command_check enable_notifications
    execute_host_checks execute_service_checks enable_event_handlers enable_flap_detection check_external_commands
    check_host_freshness check_service_freshness connections requests cached_log_messages interval_length
    external_command_buffer_max external_command_buffer_slots external_command_buffer_usage livestatus_threads
    livestatus_active_connections livestatus_queued_connections livestatus_usage average_latency_generic
    average_latency_checker average_latency_fetcher average_latency_real_time average_runnable_jobs_checker
    average_runnable_jobs_fetcher helper_usage_generic helper_usage_real_time helper_usage_fetcher
    helper_usage_checker is_trial_expired license_usage_history max_long_output_size mk_inventory_last
    id fixed duration recurring origin persistent type entry_type entry_time start_time end_time expires expire_time
    triggered_by is_service is_pending source in custom_time
    can_submit_commands host_notifications_enabled service_notifications_enabled
    time attempt class lineno
    event_id event_count event_first event_last event_facility event_pid event_priority event_sl event_state
    status_num_open_events history_line history_time structured_status
    """.split()  # noqa: SIM905 - a list of two hundred strings reads worse
)
_NAMES = frozenset(
    """
    groups contacts contact_groups parents childs depends_exec depends_notify custom_variable_names tag_names
    label_names label_source_names event_contact_groups event_contact_groups_effective modified_attributes_list
    """.split()  # noqa: SIM905
)
_LISTS = frozenset(
    """
    members members_with_state services services_with_state services_with_info services_with_fullstate comments
    comments_with_info comments_with_extra_info downtimes downtimes_with_info downtimes_with_extra_info metrics
    custom_variable_values tag_values label_values label_source_values transitions
    event_match_groups event_match_groups_syslog_application
    """.split()  # noqa: SIM905
)
_PAIRS = frozenset({"custom_variables", "labels", "label_sources", "tags"})
_OF_NUMBERS = ("num_", "event_num_")
_RATES = ("_rate", "_usage")


@lru_cache(maxsize=4096)
def kind_of(column: str) -> Kind:
    """Return what kind of value a column holds."""
    for name in (column, column.removeprefix("host_"), column.removeprefix("service_")):
        if name in _NUMBERS or name.startswith(_OF_NUMBERS) or name.endswith(_RATES):
            return Kind.NUMBER
        if name in _NAMES:
            return Kind.NAMES
        if name in _LISTS:
            return Kind.LIST
        if name in _PAIRS:
            return Kind.PAIRS
    return Kind.TEXT
