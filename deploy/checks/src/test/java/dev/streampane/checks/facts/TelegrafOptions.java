// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The options of Telegraf 1.36 that we have a use for, by the fields of its plugins (influxdata/telegraf v1.36.4, {@code
 * plugins/inputs/kafka_consumer/kafka_consumer.go}, {@code plugins/outputs/influxdb_v2/influxdb_v2.go}): it does not start with one that
 * it does not know.
 */
public final class TelegrafOptions {

    private static final Pattern LINE = Pattern.compile("(?m)^[ \\t]*(?:\\[+([\\w.]+)]+|(\\w+) = .*?)[ \\t]*$");
    private static final Pattern TOPICS = Pattern.compile("topics = \\[([^]]*)]");

    private static final Map<String, String> KNOWN = Map.of(
            "agent", "interval flush_interval omit_hostname",
            "inputs.kafka_consumer",
                    "brokers kafka_version topics consumer_group offset data_format sasl_mechanism sasl_username"
                            + " sasl_password tls_enable tls_ca",
            "outputs.influxdb_v2", "urls token organization bucket",
            "outputs.health", "service_address");

    /** What InfluxDB makes when it is set up, by option. */
    private static final Map<String, String> MADE = Map.of(
            "bucket", "DOCKER_INFLUXDB_INIT_BUCKET",
            "organization", "DOCKER_INFLUXDB_INIT_ORG");

    private TelegrafOptions() {}

    /**
     * What Telegraf, or Kafka and InfluxDB behind it, refuse in a {@code telegraf.conf}, and topics that nobody writes.
     *
     * @param influx the environment of InfluxDB
     */
    public static List<String> problems(String text, Map<String, String> influx) {
        Findings found = new Findings();
        for (MatchResult topics : TOPICS.matcher(text).results().toList()) {
            for (String topic : topics.group(1).replaceAll("[\" ]", "").split(",")) {
                found.unless(Topics.names().contains(topic), "%s is no topic", topic);
            }
        }
        MADE.forEach((option, variable) -> {
            boolean same = text.contains("\n  %s = \"%s\"\n".formatted(option, influx.get(variable)));
            found.unless(same, "%s is not what %s makes", option, variable);
        });
        String section = "";
        for (MatchResult line : LINE.matcher(text).results().toList()) {
            section = line.group(1) == null ? section : line.group(1);
            boolean known = line.group(2) == null
                    || List.of(KNOWN.getOrDefault(section, "").split(" ")).contains(line.group(2));
            found.unless(known, "%s is no option of %s", line.group(2), section);
        }
        // brokers of Kafka 4 speak to clients of 2.1 and newer; the plugin's default is older
        found.unless(text.contains("\n  kafka_version = "), "no kafka_version");
        return found.all();
    }
}
