// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Secrets that the manifests read: an operator makes them, or the README's table says who does, and the script makes those. */
class SecretsTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** Options of curl. */
    private static final Pattern CREDENTIALS = Pattern.compile("-u\\b|--user\\b|Authorization");

    /** Made from a certificate that the script cannot have. */
    private static final String TLS = "results-api-tls";

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldBeMadeByAnOperatorOrStandInTheTable(String overlay) throws IOException {
        // Given
        Manifests manifests = Manifests.of(overlay);
        Map<String, Set<String>> operators = Secrets.madeByOperators(manifests);
        // When
        Map<String, Set<String>> others = new TreeMap<>();
        Secrets.read(manifests).forEach((name, keys) -> {
            assertThat(operators.getOrDefault(name, keys)).as(name).containsAll(keys);
            others.put(name, keys);
        });
        others.keySet().removeAll(operators.keySet());
        // Then
        Map<String, Set<String>> documented = documented(overlay);
        assertThat(others.keySet()).isEqualTo(documented.keySet());
        others.forEach((name, keys) -> assertThat(documented.get(name)).as(name).containsAll(keys));
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldStandInNoCommandLine(String overlay) throws IOException {
        // Given: what a list of processes shows, of all but the shell's own printf
        assertThat(Manifests.of(overlay).pods())
                .flatExtracting(Pods::containers)
                .extracting(container -> container.path("command").toString() + container.path("args"))
                .noneMatch(line -> CREDENTIALS.matcher(line).find());
    }

    @Test
    void shouldNameASecretThatNobodyMakes() throws IOException {
        // Given
        Manifests manifests = Manifests.of("production")
                .changed(
                        "FlinkDeployment word-count",
                        "replace, path: /spec/podTemplate/spec/volumes/1/secret/secretName, value: words");
        // Then
        assertThat(Secrets.read(manifests)).containsKey("words");
        assertThat(Secrets.madeByOperators(manifests)).doesNotContainKey("words");
        assertThat(documented("production")).doesNotContainKey("words");
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldBeMadeByTheScript(String overlay, @TempDir Path folder) throws Exception {
        // When
        String output = make(overlay, folder, Map.of());
        // Then
        Map<String, Set<String>> wanted = documented(overlay);
        assertThat(output.contains(TLS + " is missing")).isEqualTo(wanted.remove(TLS) != null);
        assertThat(made(folder.resolve("log"))).isEqualTo(wanted);
        assertThat(folder.resolve("arguments")).content().doesNotContain("GeHeim");
    }

    @ParameterizedTest
    @CsvSource({
        "'', never streampane/results-api:1.0.0",
        "ours.example/results-api:1, missing ours.example/results-api:1"
    })
    void shouldMakeTheFirstKeyWithNoImageThatAnybodyMayHavePushed(String image, String told, @TempDir Path folder)
            throws Exception {
        // When
        make("production", folder, Map.of("RESULTS_API_IMAGE", image));
        // Then
        assertThat(folder.resolve("containers"))
                .hasContent("run --rm --pull=" + told + " --new-key first --scope admin");
    }

    /** As for a key that is made anew, long after the installation: the Job goes five minutes after its end. */
    @Test
    void shouldBeMadeWhenTheJobOfTheTemplatesHasGone(@TempDir Path folder) throws Exception {
        // When
        make("production", folder, Map.of("JOB_HAS_GONE", "true"));
        // Then
        assertThat(made(folder.resolve("log")))
                .containsKeys("results-api-elasticsearch", "index-results-elasticsearch");
    }

    @Test
    void shouldLetIndexResultsIntoEveryIndexThatHasATemplate(@TempDir Path folder) throws Exception {
        // When
        make("production", folder, Map.of());
        // Then
        Set<String> names = new TreeSet<>(Files.readAllLines(folder.resolve("names")));
        assertThat(outside(names)).isEmpty();
        assertThat(names.remove("audit-*")).isTrue();
        assertThat(outside(names)).containsExactly("audit-*");
    }

    /** Patterns of templates whose indices these names do not cover. */
    private static List<String> outside(Set<String> names) {
        return Sources.files("deploy/elasticsearch/index-templates").stream()
                .flatMap(file -> Sources.texts(Sources.tree(file).path("index_patterns")).stream())
                .filter(pattern -> names.stream().noneMatch(name -> covers(name, pattern)))
                .toList();
    }

    private static boolean covers(String name, String pattern) {
        return name.endsWith("*") ? pattern.startsWith(name.substring(0, name.length() - 1)) : pattern.equals(name);
    }

    /** Runs the script with tools that write down what they are told. */
    private static String make(String overlay, Path folder, Map<String, String> environment) throws Exception {
        Installed.require("jq", "jq");
        Installed.require("openssl", "openssl");
        tool(folder, "kubectl", """
                cd "$(dirname "$0")"
                shift 2
                echo "$*" >>arguments
                case "$1" in
                  get) [[ $3 == streampane-es-elastic-user && (-e waited || -v JOB_HAS_GONE) ]] && printf R2VIZWlt || exit 1 ;;
                  wait) [[ ! -v JOB_HAS_GONE ]] && touch waited ;;
                  exec)
                    read -r user && [[ $user == 'user = "elastic:GeHeim"' ]] || exit 1
                    [[ $* != */_index_template/window-results ]] || { touch waited && exit; }
                    [[ -e waited ]] || exit 1
                    sed 's/^data-binary = //' | jq --exit-status --raw-output 'fromjson | .role_descriptors[].indices[].names[]' >>names
                    echo '{"encoded":"ZW5jb2RlZA=="}' ;;
                  create) { echo "$4"; sed 's/^\\([a-z-]*\\)=.*/  \\1/; /^  /!s/.*/  keys/'; } >>log ;;
                esac
                """);
        tool(folder, "docker", """
                echo "$*" >>"$(dirname "$0")/containers"
                printf 'key:  first.secret\\nline: first sha256:x admin\\n'
                """);
        ProcessBuilder script =
                new ProcessBuilder(Manifests.FOLDER.resolve("secrets").toString(), overlay);
        script.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        script.environment().putAll(environment);
        Ended ended = Tools.end(script, "id\nsecret\n");
        assertThat(ended.code()).as(ended.output()).isZero();
        return ended.output();
    }

    private static Map<String, Set<String>> made(Path log) throws IOException {
        Map<String, Set<String>> made = new TreeMap<>();
        for (String secret : Files.readString(log).split("\n(?! )")) {
            String[] lines = secret.strip().split("\\s+");
            made.put(lines[0], new TreeSet<>(List.of(lines).subList(1, lines.length)));
        }
        return made;
    }

    /** The table's Secrets of an overlay, with their keys. */
    private static Map<String, Set<String>> documented(String overlay) throws IOException {
        String page = Files.readString(Manifests.FOLDER.resolve("README.md"));
        return page.substring(page.indexOf("| Secret | keys |"))
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|"))
                .filter(cells -> List.of(cells[3].strip().split(", ")).contains(overlay))
                .collect(toMap(
                        cells -> names(cells[1]).iterator().next(),
                        cells -> names(cells[2]),
                        (a, b) -> b,
                        TreeMap::new));
    }

    private static Set<String> names(String cell) {
        return NAME.matcher(cell).results().map(name -> name.group(1)).collect(toCollection(TreeSet::new));
    }

    private static void tool(Path folder, String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/usr/bin/env bash\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
