// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFolderTest {

    @TempDir
    Path parent;

    @Test
    void shouldMakeTheFolderWithSpacesAndUnicode() {
        // Given
        Path path = parent.resolve("données du jour/流");

        // When
        DataFolder.take(path).close();

        // Then
        assertThat(path).isDirectory();
    }

    @Test
    void shouldRefuseTheFolderOfARunningStackAndNameItsPid() {
        // Given
        Path path = parent.resolve("data");
        try (DataFolder taken = DataFolder.take(path)) {
            RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
            new RunningStack(self, "ready", 0, Map.of(), Map.of(), List.of()).write(path);

            // When Then
            assertThatThrownBy(() -> DataFolder.take(path))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("already runs on " + path + " (pid " + self.pid() + ")")
                    .hasMessageContaining("streampane down")
                    .extracting(e -> ((StackException) e).exitCode())
                    .isEqualTo(2);
            assertThat(taken).isNotNull();
        }
    }

    @Test
    void shouldNotTakeTheHolderOfTheOriginalForTheCopys() throws IOException {
        // Given
        Path path = parent.resolve("data");
        try (DataFolder taken = DataFolder.take(path)) {
            Path copy = Files.createDirectory(parent.resolve("copy"));
            Files.copy(path.resolve("lock"), copy.resolve("lock"));

            // When Then
            assertThat(DataFolder.holder(path)).contains(ProcessHandle.current());
            assertThat(DataFolder.holder(copy)).isEmpty();
            assertThat(taken).isNotNull();
        }
    }

    @Test
    void shouldTakeTheFolderAgainWhenItsStackWasKilled() {
        // Given
        Path path = parent.resolve("data");
        DataFolder.take(path).close();
        RunningStack.Child gone = new RunningStack.Child(ProcessHandle.current().pid(), 1);
        new RunningStack(gone, "ready", 0, Map.of(), Map.of(), List.of()).write(path);

        // When Then
        assertThat(RunningStack.read(path)).isEmpty();
        assertThatCode(() -> DataFolder.take(path).close()).doesNotThrowAnyException();
    }

    @Test
    void shouldTakeTheFolderOfAnUpThatCameNoFurtherThanItsLock() throws IOException {
        // Given
        Files.createFile(parent.resolve("lock"));

        // When Then
        assertThatCode(() -> DataFolder.take(parent).close()).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAFolderWithTheLockOfSomebodyElse() throws IOException {
        // Given
        Files.writeString(parent.resolve("lock"), "4711");

        // When Then
        assertThatThrownBy(() -> DataFolder.take(parent)).hasMessageContaining("not a data folder of streampane");
        assertThat(parent.resolve("lock")).hasContent("4711");
    }

    @Test
    void shouldRefuseAFolderOfSomebodyElse() throws IOException {
        // Given
        Files.writeString(parent.resolve("thesis.txt"), "not ours");

        // When Then
        assertThatThrownBy(() -> DataFolder.take(parent))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("not a data folder of streampane");
        assertThat(parent.resolve("thesis.txt")).exists();
    }

    @Test
    void shouldRefuseAFile() throws IOException {
        // Given
        Path file = Files.writeString(parent.resolve("file"), "text");

        // When Then
        assertThatThrownBy(() -> DataFolder.take(file))
                .isInstanceOf(StackException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldRefuseAFolderThatCannotBeMade() {
        assertThatThrownBy(() -> DataFolder.take(Path.of("/proc/streampane")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("cannot write to /proc/streampane")
                .hasMessageContaining("--data");
    }

    @Test
    void shouldDeleteWhatEarlierRunsHaveLeftAndNothingBehindALink() throws IOException {
        // Given
        Path path = parent.resolve("data");
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "");
        try (DataFolder folder = DataFolder.take(path)) {
            Files.createDirectories(path.resolve("kafka/log"));
            Files.writeString(path.resolve("kafka/log/segment"), "");
            Files.createSymbolicLink(path.resolve("link"), outside);

            // When
            folder.clear();
        }

        // Then
        try (Stream<Path> left = Files.list(path)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("lock", "streampane.data");
        }
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void shouldDeleteWhatIsInTheFolderThatALinkLeadsToAndNotTheLink() throws IOException {
        // Given
        Path disk = Files.createDirectory(parent.resolve("disk"));
        Path path = Files.createSymbolicLink(parent.resolve("data"), disk);
        try (DataFolder folder = DataFolder.take(path)) {
            Files.writeString(path.resolve("old"), "");

            // When
            folder.clear();
        }

        // Then
        assertThat(path).isSymbolicLink();
        assertThat(disk.resolve("streampane.data")).exists();
        assertThat(disk.resolve("old")).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX) // other systems refuse such a name
    void shouldDeleteWhatHasANameInAnotherCharset() throws IOException, InterruptedException {
        // Given: a byte that no UTF-8 text has
        String make = "cd \"$0\" && disk=$(printf 'disk\\377') && mkdir \"$disk\" && ln -s \"$disk\" data";
        assertThat(new ProcessBuilder("bash", "-c", make, parent.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path path = parent.resolve("data");
        try (DataFolder folder = DataFolder.take(path)) {
            Files.createDirectories(path.resolve("kafka/log"));
            Files.writeString(path.resolve("kafka/log/segment"), "");

            // When
            folder.clear();
        }

        // Then
        assertThat(path.resolve("kafka")).doesNotExist();
    }

    @Test
    void shouldGoOnDeletingWhereItWasEnded() throws IOException {
        // Given
        Path path = parent.resolve("data");
        DataFolder.take(path).close();
        Files.createFile(path.resolve("clearing"));
        Files.writeString(path.resolve("old"), "");

        // When
        DataFolder.take(path).close();

        // Then
        assertThat(path.resolve("old")).doesNotExist();
        assertThat(path.resolve("clearing")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"00000000000000000123.log, false", "۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۱۲۳.log, true"})
    void shouldRefuseALogThatKafkaWouldNotSee(String segment, boolean refused) throws IOException {
        // Given
        Path partition = Files.createDirectories(parent.resolve("data/kafka/log/audit-0"));
        Files.createFile(partition.resolve(segment));
        Files.createFile(parent.resolve("data/streampane.data"));
        try (DataFolder folder = DataFolder.take(parent.resolve("data"))) {
            // When
            Throwable thrown = catchThrowable(folder::checkDigits);

            // Then
            if (refused) {
                assertThat(thrown)
                        .isInstanceOf(StackException.class)
                        .hasMessageStartingWith(partition.resolve(segment) + " is named in other digits than 0 to 9");
            } else {
                assertThat(thrown).isNull();
            }
        }
    }

    @Test
    void shouldFindNothingWrongWithDigitsOfANewFolder() {
        try (DataFolder folder = DataFolder.take(parent.resolve("data"))) {
            assertThatCode(folder::checkDigits).doesNotThrowAnyException();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSayForAsLongAsItDeletesThatItDoes() throws Exception {
        // Given
        List<String> changes = new ArrayList<>();
        try (DataFolder folder = DataFolder.take(parent.resolve("data"));
                WatchService watch = parent.getFileSystem().newWatchService()) {
            Path path = Files.createDirectories(parent.resolve("data/kafka")).getParent();
            path.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);

            // When
            folder.clear();

            // Then
            await().untilAsserted(() -> {
                Optional.ofNullable(watch.poll()).ifPresent(key -> {
                    key.pollEvents().forEach(it -> changes.add(it.kind() + " " + it.context()));
                    key.reset();
                });
                assertThat(changes)
                        .containsExactly("ENTRY_CREATE clearing", "ENTRY_DELETE kafka", "ENTRY_DELETE clearing");
            });
        }
    }
}
