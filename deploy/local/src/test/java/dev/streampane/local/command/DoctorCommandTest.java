// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.stack.Preflight.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTest {

    @TempDir
    Path jre;

    private List<Finding> findings(String version) {
        return DoctorCommand.buildTools("""
                Apache Maven %s
                Maven home: /usr/share/maven
                Java version: 17.0.15, vendor: Debian, runtime: %s
                Default locale: en, platform encoding: UTF-8
                """.formatted(version, jre));
    }

    @ParameterizedTest
    @CsvSource({"3.8.6, false", "3.6.3, false", "3.8.7, true", "3.8.10, true", "3.10.0, true", "4.0.0-rc-5, true"})
    void shouldTakeMavenFrom387On(String version, boolean isTaken) {
        // When
        Finding maven = findings(version).get(0);

        // Then
        assertThat(maven.found()).isEqualTo(version + ", a build needs 3.8.7");
        assertThat(maven.refusal().isEmpty()).isEqualTo(isTaken);
    }

    @Test
    void shouldSayThatMavenIsNotThere() {
        // When
        Finding maven = DoctorCommand.buildTools("").get(0);

        // Then
        assertThat(maven.found()).isEqualTo("is not there, a build needs 3.8.7");
        assertThat(maven.refusal()).contains("install Maven 3.8.7 or newer");
    }

    @Test
    void shouldLookForTheCompilerWhereMavenRuns() throws IOException {
        // Given
        Path javac = jre.resolve("bin/javac");
        Finding without = findings("3.8.7").get(1);
        Files.createDirectory(javac.getParent());
        assertThat(Files.createFile(javac).toFile().setExecutable(true)).isTrue();

        // When
        Finding with = findings("3.8.7").get(1);

        // Then
        assertThat(without.found()).isEqualTo(javac + " is not there, a build needs it");
        assertThat(without.refusal()).contains("install a JDK 17 or newer, not a JRE, and set JAVA_HOME to it");
        assertThat(with.found()).isEqualTo(javac.toString());
        assertThat(with.refusal()).isEmpty();
    }
}
