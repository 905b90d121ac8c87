// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import dev.streampane.checks.facts.Findings;
import java.util.List;
import java.util.function.BiConsumer;

/** A kind of cross-check. */
enum Check {
    TOPICS(KafkaChecks::topics),
    USERS(KafkaChecks::users),
    SETTINGS(SettingChecks::variables),
    FILES(SettingChecks::files),
    VALUES(SettingChecks::values),
    ARGUMENTS(SettingChecks::arguments),
    COMMAND(SettingChecks::command),
    MOUNTS(SettingChecks::mounts),
    JOBS(SettingChecks::jobs),
    PORTS(ServiceChecks::ports),
    PROBES(ServiceChecks::probes),
    CALLS(ServiceChecks::calls),
    IMAGES(ServiceChecks::images),
    INGRESSES(ServiceChecks::ingresses),
    METRICS(ServiceChecks::metrics),
    JARS(StartChecks::jars),
    API_SERVER(StartChecks::apiServer),
    ISSUERS(StartChecks::issuers),
    VOLUMES(StartChecks::volumes),
    FORMATS(StartChecks::formats);

    private final BiConsumer<Manifests, Findings> check;

    Check(BiConsumer<Manifests, Findings> check) {
        this.check = check;
    }

    List<String> problems(Manifests manifests) {
        Findings found = new Findings();
        check.accept(manifests, found);
        return found.all();
    }
}
