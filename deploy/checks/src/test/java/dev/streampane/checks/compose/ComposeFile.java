// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.command.Streampane;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A compose file as Compose reads it: anchors merged, variables resolved.
 *
 * @param folder what its paths are relative to
 * @param yaml as it is written
 * @param variables those of {@code .env}
 * @param resolved the same with variables' values
 */
record ComposeFile(Path folder, String yaml, Map<String, String> variables, String resolved, JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The one way in which compose.yaml names a variable: defaults are in .env alone. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+)}|\\$\\{[^}]*}|\\$\\w+");

    /** One container. */
    record Container(Path folder, String name, JsonNode node) {

        String image() {
            return text(node, "/image");
        }

        /** The image's name without its tag, and without a registry where it is ours. */
        String repository() {
            return Programs.repository(image());
        }

        /** Which of our services it is. */
        Optional<Service> own() {
            return Programs.service(image());
        }

        Map<String, String> environment() {
            return fields(node.path("environment"));
        }

        /**
         * Flink's settings, line by line as the image's entry point reads them, comments included: apache/flink-docker 22f0d02, {@code
         * 2.3/scala_2.12-java17-ubuntu/docker-entrypoint.sh}, {@code process_flink_properties}.
         */
        Map<String, String> flinkProperties() {
            Map<String, String> properties = new LinkedHashMap<>();
            text(node, "/environment/FLINK_PROPERTIES")
                    .lines()
                    .map(line -> line.replaceAll("\\s", ""))
                    .filter(line -> !line.isEmpty())
                    .map(line -> (line + ":").split(":", 2))
                    .forEach(pair -> properties.put(pair[0], pair[1].replaceFirst(":$", "")));
            return properties;
        }

        /** The arguments of {@code streampane}: what the image's entry point, or one that stands for it, is started with. */
        List<String> arguments() {
            List<String> words = new ArrayList<>(texts("entrypoint"));
            words.subList(0, words.indexOf(Streampane.class.getName()) + 1).clear();
            words.addAll(texts("command"));
            return words;
        }

        List<String> texts(String field) {
            JsonNode value = node.path(field);
            return value.isTextual()
                    ? List.of(value.asText())
                    : items(value).map(JsonNode::asText).toList();
        }

        /** The file that its image is built from. */
        Optional<Path> containerfile() {
            return Optional.of(text(node, "/build/dockerfile"))
                    .filter(it -> !it.isEmpty())
                    .map(it -> Checkout.root().resolve(it));
        }

        /** Files and folders of this project that it mounts. */
        List<Path> mounts() {
            return texts("volumes").stream()
                    .filter(it -> it.startsWith("."))
                    .map(it -> folder.resolve(it.split(":")[0]).normalize())
                    .toList();
        }

        /** The text of a file that is mounted, or lies in a folder that is; empty when there is none. */
        String mounted(String name) {
            return mounts().stream()
                    .map(path -> path.endsWith(name) ? path : path.resolve(name))
                    .filter(Files::isRegularFile)
                    .map(Sources::text)
                    .findFirst()
                    .orElse("");
        }
    }

    /** The file of a folder, with its {@code .env}. */
    static ComposeFile of(Path folder) {
        String yaml = Sources.text(folder.resolve("compose.yaml"));
        Map<String, String> variables = new LinkedHashMap<>();
        Sources.text(folder.resolve(".env"))
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .forEach(pair -> variables.put(pair[0], pair[1]));
        String resolved = REFERENCE.matcher(yaml).replaceAll(found -> {
            String value = variables.getOrDefault(String.valueOf(found.group(1)), found.group());
            return Matcher.quoteReplacement(value);
        });
        return new ComposeFile(folder, yaml, variables, resolved, parse(resolved));
    }

    private static JsonNode parse(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(false)
                .build();
        return JSON.valueToTree(new Load(settings).loadFromString(yaml));
    }

    List<Container> containers() {
        return root.path("services").properties().stream()
                .map(it -> new Container(folder, it.getKey(), it.getValue()))
                .toList();
    }

    Optional<Container> container(String name) {
        return containers().stream().filter(it -> it.name().equals(name)).findAny();
    }

    /** The variables that a text names; what is written in another way is given as it is written. */
    static Set<String> named(String text) {
        Set<String> names = new TreeSet<>();
        REFERENCE.matcher(text).results().forEach(it -> names.add(it.group(1) == null ? it.group() : it.group(1)));
        return names;
    }
}
