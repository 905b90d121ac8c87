#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does what the image's entry point does before the first start of InfluxDB 2, then runs InfluxDB 1, which Debian has.
set -eo pipefail
[ "${1:-influxd}" = influxd ] || exec "$@"

folder=/var/lib/influxdb2
config=${INFLUXD_CONFIG_PATH:-/etc/defaults/influxdb2/config.yml}
mkdir -p "$folder/engine"
if [ ! -e "$folder/influxd.bolt" ] && [ -n "$DOCKER_INFLUXDB_INIT_MODE" ]; then
    for name in DOCKER_INFLUXDB_INIT_{USERNAME,PASSWORD,ORG,BUCKET}; do
        [ -n "${!name}" ] || { echo "missing parameter, cannot init InfluxDB: $name" >&2 && exit 1; }
    done
    case ${config,,} in
    *.toml | *.json | *.yaml | *.yml) ;;
    *) echo "read parser required when reading from stdin" >&2 && exit 1 ;;
    esac
    touch "$INFLUX_CONFIGS_PATH" "$folder/influxd.bolt"
fi
if [ "$(id -u)" = 0 ]; then
    chown -R 1000:1000 "$folder"
    exec chroot --userspec=1000:1000 / "$0" "$@"
fi

export INFLUXDB_META_DIR=$folder/meta INFLUXDB_DATA_DIR=$folder/engine/data INFLUXDB_DATA_WAL_DIR=$folder/engine/wal INFLUXDB_REPORTING_DISABLED=true
exec influxd run
