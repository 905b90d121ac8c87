// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A kind of cross-check. */
enum Check {
    TOPICS(KafkaChecks::topics),
    USERS(KafkaChecks::users),
    ACL_TOPICS(KafkaChecks::aclTopics),
    KAFKA(KafkaChecks::cluster),
    SETTINGS(SettingChecks::variables),
    FILES(SettingChecks::files),
    JOB_OPTIONS(SettingChecks::jobs),
    VALUES(SettingChecks::values),
    COMMAND(SettingChecks::command),
    FLINK_OPTIONS(FlinkChecks::configuration),
    FLINK_JOBS(FlinkChecks::jobs),
    PORTS(PortChecks::problems),
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
    INGRESSES(EdgeChecks::ingresses),
    METRICS(EdgeChecks::metrics);

    private final Function<Manifests, List<String>> check;

    Check(Function<Manifests, List<String>> check) {
        this.check = check;
    }

    static Stream<Check> stream() {
        return Arrays.stream(values());
    }

    List<String> problems(Manifests manifests) {
        return check.apply(manifests);
    }
}
