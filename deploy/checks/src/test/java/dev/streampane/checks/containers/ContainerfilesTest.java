// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerfilesTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/containers");
    private static final Pattern ARGUMENTS =
            Pattern.compile("SERVICE[=:]\\s*([a-z-]+)\\S*\\s+(?:--build-arg\\s+)?PORT[=:]\\s*\"?(\\d+)");

    @ParameterizedTest
    @EnumSource
    void shouldFindNothingInTheImagesOfAService(Service service) throws IOException {
        // When, Then
        assertThat(ContainerfileCheck.findings(text("jvm"), service)).isEmpty();
        assertThat(ContainerfileCheck.findings(text("native"), service)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldFindNothingInOtherImages(String kind) throws IOException {
        // When, Then
        assertThat(ContainerfileCheck.findings(text(kind))).isEmpty();
    }

    static Stream<String> others() {
        return Sources.files("deploy/containers").stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".Containerfile"))
                .map(name -> name.replace(".Containerfile", ""))
                .filter(name -> !List.of("jvm", "native").contains(name));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jvm    | quarkus-distroless-image:2.0    | quarkus-distroless-image:latest | has no version
                    jvm    | maven:3.9.11-eclipse-temurin-17 | maven                           | has no version
                    jvm    | USER 1001                       | USER nonroot                    | USER is no number
                    native | USER 1001                       | USER 0                          | USER is no number
                    native | USER 1001                       | WORKDIR /app                    | USER is no number
                    jvm    | /q/health/ready                 | /q/health/readiness             | which nobody answers
                    native | --healthy                       | --health                        | does not ask --healthy
                    native | HEALTHCHECK                     | STOPSIGNAL                      | does not ask --healthy
                    jvm    | EXPOSE ${PORT}                  | EXPOSE 80                       | EXPOSE is not the port
                    jvm    | QUARKUS_HTTP_PORT=${PORT}       | QUARKUS_HTTP_PORT=80            | QUARKUS_HTTP_PORT is not
                    jvm    | QUARKUS_HTTP_HOST               | QUARKUS_HTTP_HOSTS              | is read by nobody
                    jvm    | COPY . .                        | COPY pom.xml sources .          | sources is not in the checkout
                    jvm    | --from=runtime /app             | --from=jre /app                 | --from=jre is no stage
                    native | --from=maven /usr               | --from=mvn /usr                 | --from=mvn is no stage
                    jvm    | image.licenses                  | image.licences                  | image.licenses is missing
                    jvm    | version="1.0.0"                 | version="1.1.0"                 | version is not 1.0.0
                    native | name="quay.io/quarkus           | name="quay.io/quarks            | base.name is not
                    native | -1.0.0-runner                   | -1.0.1-runner                   | is not of version 1.0.0
                    native | -Pnative                        | -Pnatively                      | is no profile
                    native | ENTRYPOINT ["/app/service"]     | ENTRYPOINT /app/service         | ENTRYPOINT needs a shell
                    native | ENTRYPOINT                      | STOPSIGNAL                      | ENTRYPOINT is missing
                    job    | flink:2.3.0-java17              | flink:2.2.0-java17              | is not Flink 2.3.0
                    job    | hadoop-2.3.0.jar                | hadoop-2.3.1.jar                | is not Flink 2.3.0
                    job    | -pl flink-pipeline              | -pl pipeline                    | pipeline is no module
                    """)
    void shouldNameWhatIsWrong(String kind, String right, String wrong, String finding) throws IOException {
        // Given
        String text = text(kind);
        assertThat(text).contains(right);

        // When
        String changed = text.replace(right, wrong);
        List<String> findings = kind.equals("job")
                ? ContainerfileCheck.findings(changed)
                : ContainerfileCheck.findings(changed, Service.RESULTS_API);

        // Then
        assertThat(findings).anyMatch(found -> found.contains(finding));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/containers/README.md", "deploy/compose/compose.yaml"})
    void shouldBuildEachServiceWithItsPort(String file) throws IOException {
        // Given
        List<MatchResult> commands = ARGUMENTS
                .matcher(Files.readString(Checkout.root().resolve(file)))
                .results()
                .toList();

        // Then
        assertThat(commands).isNotEmpty();
        for (MatchResult command : commands) {
            assertThat(Service.named(command.group(1))).map(Ports::of).hasValue(Integer.parseInt(command.group(2)));
        }
    }

    private static String text(String kind) throws IOException {
        return Files.readString(FOLDER.resolve(kind + ".Containerfile"));
    }
}
