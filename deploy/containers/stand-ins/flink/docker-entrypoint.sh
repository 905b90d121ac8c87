#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does what the image's entry point does: takes each line of FLINK_PROPERTIES as a setting; then, as bin/jobmanager.sh and
# bin/taskmanager.sh do, has Flink compute the JVM's memory from the settings.
# without -e, as upstream: a read-only folder must not end it
set -uo pipefail

conf=$FLINK_HOME/conf/config.yaml
classes="$FLINK_HOME/lib/*"

set_property() { # key, value
    sed -i "/^${1//./\\.}:/d" "$conf"
    echo "$1: $2" >>"$conf"
}

for plugin in $(tr ';' ' ' <<<"${ENABLE_BUILT_IN_PLUGINS:-}"); do
    mkdir -p "$FLINK_HOME/plugins/${plugin%.jar}"
    ln -sf "$FLINK_HOME/opt/$plugin" "$FLINK_HOME/plugins/${plugin%.jar}/"
done

set_property jobmanager.rpc.address "${JOB_MANAGER_RPC_ADDRESS:-$(hostname -f)}"
[ -z "${TASK_MANAGER_NUMBER_OF_TASK_SLOTS:-}" ] || set_property taskmanager.numberOfTaskSlots "$TASK_MANAGER_NUMBER_OF_TASK_SLOTS"
while IFS= read -r line; do
    line=$(tr -d '[:space:]' <<<"$line")
    [ -z "$line" ] || set_property "${line%%:*}" "${line#*:}"
done <<<"${FLINK_PROPERTIES:-}"

case ${1:-help} in
jobmanager) kind=JM main=org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint ;;
taskmanager) kind=TM main=org.apache.flink.runtime.taskexecutor.TaskManagerRunner ;;
help) echo "Usage: docker-entrypoint.sh (jobmanager|taskmanager|help)" && exit ;;
*) exec "$@" ;;
esac
process=$1
shift

mapfile -t memory < <(java -cp "$classes" org.apache.flink.runtime.util.bash.BashJavaUtils "GET_${kind}_RESOURCE_PARAMS" \
    --configDir "$FLINK_HOME/conf" 2>/dev/null | sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
opens=()
for package in lang net io nio math text time lang.reflect util util.concurrent util.concurrent.atomic util.concurrent.locks; do
    opens+=(--add-opens "java.base/java.$package=ALL-UNNAMED")
done
# shellcheck disable=SC2046,SC2086 # options, divided by spaces
exec java ${memory[0]} $(sed -n "s/^env\.java\.opts\.$process: //p" "$conf") "${opens[@]}" --add-exports java.base/sun.net.util=ALL-UNNAMED \
    -Dlog4j.configurationFile="file:$FLINK_HOME/conf/log4j-console.properties" -cp "$classes" "$main" --configDir "$FLINK_HOME/conf" \
    ${memory[1]:-} "$@"
