// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordSourcesTest {

    @TempDir
    private java.nio.file.Path directory;

    private List<String> found(boolean watched, java.nio.file.Path path) throws IOException {
        return WordSources.enumerator(watched).enumerateSplits(new Path[] {new Path(path.toString())}, 1).stream()
                .map(split -> split.path().getName())
                .toList();
    }

    @Test
    void shouldLeaveOutHiddenFilesOfADirectoryWhateverItsOwnName() throws IOException {
        var inbox = Files.createDirectory(directory.resolve("_inbox"));
        Files.createFile(inbox.resolve("text"));
        Files.createFile(inbox.resolve("_text"));

        assertThat(found(false, inbox)).containsExactly("text");
    }

    @Test
    void shouldKnowFilesByTheirPathsAtEachLook() throws IOException {
        var inbox = Files.createDirectory(directory.resolve("inbox"));
        var enumerator = WordSources.enumerator(true);
        Path[] paths = {new Path(inbox.toString())};
        Files.createFile(inbox.resolve("z"));
        String first = enumerator.enumerateSplits(paths, 1).iterator().next().splitId();
        Files.delete(inbox.resolve("z"));
        Files.createFile(inbox.resolve("a"));

        assertThat(enumerator.enumerateSplits(paths, 1)).singleElement().satisfies(split -> assertThat(split.splitId())
                .isNotEqualTo(first));
    }

    @Test
    void shouldWaitForWhatIsNotThereWhereItIsWatchedAlone() throws IOException {
        var none = directory.resolve("none");

        assertThat(found(true, none)).isEmpty();
        assertThatThrownBy(() -> found(false, none)).isInstanceOf(FileNotFoundException.class);
    }
}
