// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightTest {

    private static final Path DATA = Path.of("/no/such/folder");

    /** A machine on which everything is well, until a test changes something. */
    private static final class TestMachine extends Preflight.Machine {
        int java = 17;
        Optional<Long> memory = Optional.of(8000L);
        long disk = 5000;
        int taken = -1;
        Optional<String> owner = Optional.of("nginx (pid 123)");

        @Override
        int javaVersion() {
            return java;
        }

        @Override
        Optional<Long> availableMemoryMib() {
            return memory;
        }

        @Override
        long freeDiskMib(Path folder) {
            return disk;
        }

        @Override
        boolean isPortFree(int port) {
            return port != taken;
        }

        @Override
        Optional<String> portOwner(int port) {
            return owner;
        }
    }

    private final TestMachine machine = new TestMachine();

    private String refusal(int portOffset) {
        StackException refused =
                catchThrowableOfType(StackException.class, () -> new Preflight(machine).check(DATA, portOffset, 3));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.getMessage()).doesNotContain("\n");
        return refused.getMessage();
    }

    @Test
    void shouldFindNothingWrong() {
        assertThatCode(() -> new Preflight(machine).check(DATA, 0, 5)).doesNotThrowAnyException();
    }

    @Test
    void shouldFindAllThatIsWrongAtOnce() {
        // Given
        machine.memory = Optional.of(100L);
        machine.taken = 9092;

        // When
        var findings = new Preflight(machine).findings(DATA, 0, 5);

        // Then
        assertThat(findings)
                .extracting(finding -> finding.name() + " " + finding.refusal().isEmpty())
                .containsExactly("Java true", "memory false", "disk true", "ports false");
        assertThat(findings.get(1).found()).isEqualTo("100 MiB free, 4096 are needed");
        int ports = StackPort.values().length;
        assertThat(findings.get(3).found()).isEqualTo(ports - 1 + " of " + ports + " are free");
    }

    @Test
    void shouldNotAskForMemoryWhereTheSystemDoesNotSay() {
        // Given
        machine.memory = Optional.empty();

        // When Then
        assertThatCode(() -> new Preflight(machine).check(DATA, 0, 5)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "below"})
    void shouldRefuseDataWhereAFileIs(String below, @TempDir Path folder) throws IOException {
        // Given
        Path file = Files.createFile(folder.resolve("file"));

        // When
        var findings = new Preflight(machine).findings(file.resolve(below), 0, 5);

        // Then
        assertThat(findings.get(2).refusal()).hasValue(file + " is not a folder: name one with --data");
    }

    @Test
    void shouldRefuseJavaBefore17() {
        // Given
        machine.java = 11;

        // When Then
        assertThat(refusal(0)).contains("Java 11").contains("install a JDK 17");
    }

    @Test
    void shouldRefuseTooLittleMemory() {
        // Given
        machine.memory = Optional.of(4095L);

        // When Then
        assertThat(refusal(0)).contains("4095 MiB").contains("4096").contains("end other programs");
    }

    @Test
    void shouldAskForMoreMemoryForAllJobs() {
        // Given
        machine.memory = Optional.of(4351L);

        // When Then
        assertThatCode(() -> new Preflight(machine).check(DATA, 0, 5)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Preflight(machine).check(DATA, 0, 7))
                .hasMessageContaining("4351 MiB of memory are free, the stack needs 4352");
    }

    @Test
    void shouldCountACachedFileAsFreeMemoryOfAContainer(@TempDir Path folder) throws IOException {
        // Given
        Path meminfo = Files.writeString(
                folder.resolve("meminfo"), "MemTotal:       16000000 kB\nMemAvailable:   10240000 kB\n");
        Files.writeString(folder.resolve("memory.max"), (8000L << 20) + "\n");
        Files.writeString(folder.resolve("memory.current"), (7000L << 20) + "\n");
        Files.writeString(
                folder.resolve("memory.stat"), "anon 1\nactive_file 5\ninactive_file " + (4000L << 20) + "\n");

        // When Then
        assertThat(Preflight.availableMemoryMib(meminfo, folder)).hasValue(5000L);
    }

    @Test
    void shouldTakeTheSystemsMemoryWhereTheContainerHasNoLimit(@TempDir Path folder) throws IOException {
        // Given
        Path meminfo = Files.writeString(folder.resolve("meminfo"), "MemAvailable:   10240000 kB\n");
        Files.writeString(folder.resolve("memory.max"), "max\n");
        Files.writeString(folder.resolve("memory.current"), "1\n");

        // When Then
        assertThat(Preflight.availableMemoryMib(meminfo, folder)).hasValue(10_000L);
        assertThat(Preflight.availableMemoryMib(folder.resolve("none"), folder)).isEmpty();
    }

    @Test
    void shouldRefuseTooLittleDisk() {
        // Given
        machine.disk = 2047;

        // When Then
        assertThat(refusal(0)).contains("2047 MiB").contains("disk of /").contains("--data");
    }

    @ParameterizedTest
    @EnumSource(StackPort.class)
    void shouldNameThePortInUseAndItsOwner(StackPort listener) {
        // Given
        machine.taken = listener.port(100);

        // When Then
        assertThat(refusal(100))
                .isEqualTo(
                        "port %d (%s) is in use by nginx (pid 123): end that process, or move all ports, for instance with --port-offset 10100"
                                .formatted(listener.port(100), listener.text()));
    }

    @Test
    void shouldNameThePortWhoseOwnerCannotBeSeen() {
        // Given
        machine.taken = StackPort.KAFKA.port(0);
        machine.owner = Optional.empty();

        // When Then
        assertThat(refusal(0)).startsWith("port 9092 (Kafka) is in use by a process that");
    }
}
