// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options of Telegraf 1.36 that we have a use for, by the fields of its plugins (influxdata/telegraf v1.36.4, {@code
 * plugins/inputs/kafka_consumer/kafka_consumer.go}, {@code plugins/outputs/influxdb_v2/influxdb_v2.go}): it does not start with one that
 * it does not know.
 */
public final class TelegrafOptions {

    private static final Pattern SECTION = Pattern.compile("\\[+([\\w.]+)]+");
    private static final Pattern TOPICS = Pattern.compile("topics = \\[([^]]*)]");
    private static final Pattern OPTION = Pattern.compile("(\\w+) = .*");

    /** Brokers of Kafka 4 speak to clients of 2.1 and newer; the plugin's default is older. */
    private static final String VERSION = "kafka_version";

    private static final Map<String, Set<String>> KNOWN = Map.of(
            "agent", Set.of("interval", "flush_interval", "omit_hostname"),
            "inputs.kafka_consumer",
                    Set.of(
                            "brokers",
                            VERSION,
                            "topics",
                            "consumer_group",
                            "offset",
                            "data_format",
                            "sasl_mechanism",
                            "sasl_username",
                            "sasl_password",
                            "tls_enable",
                            "tls_ca"),
            "outputs.influxdb_v2", Set.of("urls", "token", "organization", "bucket"),
            "outputs.health", Set.of("service_address"));

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
        List<String> problems = new ArrayList<>();
        for (MatchResult topics : TOPICS.matcher(text).results().toList()) {
            for (String topic : topics.group(1).replaceAll("[\" ]", "").split(",")) {
                if (!Topics.names().contains(topic)) {
                    problems.add(topic + " is no topic");
                }
            }
        }
        MADE.forEach((option, variable) -> {
            if (!text.contains("\n  %s = \"%s\"\n".formatted(option, influx.get(variable)))) {
                problems.add(option + " is not what " + variable + " makes");
            }
        });
        String section = "";
        for (String line : text.lines().map(String::strip).toList()) {
            Matcher header = SECTION.matcher(line);
            Matcher option = OPTION.matcher(line);
            if (header.matches()) {
                section = header.group(1);
            } else if (option.matches()
                    && !KNOWN.getOrDefault(section, Set.of()).contains(option.group(1))) {
                problems.add(option.group(1) + " is no option of " + section);
            }
        }
        if (!text.contains("\n  " + VERSION + " = ")) {
            problems.add("no " + VERSION);
        }
        return problems;
    }
}
