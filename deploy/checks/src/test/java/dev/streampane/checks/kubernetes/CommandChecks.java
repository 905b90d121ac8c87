// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.command.Streampane;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Arguments of the image of the {@code streampane} command, read by the command's own parser; files of Kafka properties by its clients' names. */
final class CommandChecks {

    private static final String PROPERTIES = ".properties";

    private CommandChecks() {}

    /** Whether it is the image of the command. */
    static boolean isCommand(String image) {
        return image.matches("(.*/)?streampane/command:.*");
    }

    /** Arguments that the command refuses, and properties that no Kafka client has. */
    static List<String> problems(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.ours().toList()) {
            for (JsonNode container : pods.containers()) {
                if (isCommand(container.path("image").asText())) {
                    List<String> arguments = new ArrayList<>();
                    container.path("args").forEach(argument -> arguments.add(argument.asText()));
                    try {
                        new CommandLine(new Streampane()).parseArgs(arguments.toArray(String[]::new));
                    } catch (ParameterException e) {
                        problems.add(pods.name() + ": " + e.getMessage());
                    }
                }
            }
        }
        for (JsonNode map : manifests.all("ConfigMap")) {
            map.path("data").properties().forEach(file -> {
                if (file.getKey().endsWith(PROPERTIES)) {
                    problems.addAll(
                            unknown(Manifests.nameOf(map), file.getValue().asText()));
                }
            });
        }
        return problems;
    }

    private static List<String> unknown(String name, String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .filter(key -> !SettingChecks.isKafka(key))
                .map(key -> "%s: no Kafka client has %s".formatted(name, key))
                .toList();
    }
}
