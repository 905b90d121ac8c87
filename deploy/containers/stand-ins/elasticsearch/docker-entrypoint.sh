#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does what the image's entry point does: runs the node with each variable that is named like a setting, in small letters with a dot.
set -euo pipefail
umask 0002
[ "${1:-}" = eswrapper ] || exec "$@"

home=/usr/share/elasticsearch
settings=()
while IFS='=' read -r -d '' name value; do
    if [[ $name == xpack.* ]]; then
        echo "no X-Pack here, which would read $name=$value"
    elif [[ $name =~ ^[a-z0-9_]+\.[a-z0-9_]+ && -n $value ]]; then
        settings+=("$name=$value")
    fi
done < <(env -0)

modules=$(printf '%s:' "$home"/lib/*.jar)
# shellcheck disable=SC2086 # options, divided by spaces
exec java ${ES_JAVA_OPTS:-} -Dlog4j2.disable.jmx=true -Djava.io.tmpdir=/tmp --module-path "${modules%:}" --add-modules ALL-MODULE-PATH \
    -cp "$home/main" dev.streampane.local.elasticsearch.ElasticsearchMain "path.home=$home" "path.data=$home/data" "path.logs=$home/logs" \
    cluster.name=docker-cluster network.host=0.0.0.0 http.type=netty4 transport.type=netty4 "${settings[@]}"
