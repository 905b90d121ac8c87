// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import dev.streampane.checks.facts.Findings;
import java.util.List;
import java.util.function.BiConsumer;

/** A kind of cross-check. */
enum Check {
    TOPICS(KafkaChecks::topics),
    USERS(KafkaChecks::users),
    ACL_TOPICS(KafkaChecks::aclTopics),
    KAFKA(KafkaChecks::cluster),
    SETTINGS(SettingChecks::variables),
    FILES(SettingChecks::files),
    VALUES(SettingChecks::values),
    COMMAND(SettingChecks::command),
    FLINK_OPTIONS(SettingChecks::flink),
    FLINK_JOBS(SettingChecks::jobs),
    PORTS(NetworkChecks::ports),
    OPENINGS(NetworkChecks::openings),
    CALLS(NetworkChecks::calls),
    API_SERVER(NetworkChecks::apiServer),
    OBJECTS(ReferenceChecks::objects),
    SELECTORS(ReferenceChecks::selectors),
    POD_SECURITY(PodChecks::security),
    PROBES(PodChecks::probes),
    RESOURCES(PodChecks::resources),
    IMAGES(PodChecks::images),
    SIMULATORS(PodChecks::simulators),
    INGRESSES(PodChecks::ingresses),
    METRICS(PodChecks::metrics);

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
