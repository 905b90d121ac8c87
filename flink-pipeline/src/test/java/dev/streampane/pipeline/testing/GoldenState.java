// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The state of a golden savepoint, as it lies with the tests, and what its job says from there. Where state has names that each run has of
 * its own, others of the same length are kept in their place, for their lengths lie before them.
 *
 * @param name of the folder
 */
public record GoldenState(String name) {

    private static final Path FOLDERS = Path.of("src/test/resources/savepoints");
    private static final String METADATA = "_metadata";
    private static final String TOLD = "told.txt";

    /** Whether all are made anew. */
    public static boolean isWritten() {
        return Boolean.getBoolean("golden.write");
    }

    /** Where it lies. */
    public Path folder() {
        return FOLDERS.resolve(name).toAbsolutePath();
    }

    /**
     * Keeps what a job was stopped with.
     *
     * @param names of this run, and what is kept in their place
     */
    public void keep(String savepoint, Map<String, String> names) throws IOException {
        Path made = Path.of(URI.create(savepoint));
        try (Stream<Path> files = Files.list(made)) {
            assertThat(files).as("all of it in one file").hasSize(1);
        }
        copy(made, Files.createDirectories(folder()), names);
    }

    /**
     * A copy that can be restored.
     *
     * @param names that are kept, and those of this run
     */
    public String copy(Path directory, Map<String, String> names) throws IOException {
        copy(folder(), directory, names);
        return directory.toUri().toString();
    }

    private static void copy(Path from, Path to, Map<String, String> names) throws IOException {
        String state = Files.readString(from.resolve(METADATA), ISO_8859_1);
        for (var name : names.entrySet()) {
            assertThat(name.getValue()).hasSameSizeAs(name.getKey());
            assertThat(state).contains(name.getKey());
            state = state.replace(name.getKey(), name.getValue());
        }
        Files.writeString(to.resolve(METADATA), state, ISO_8859_1);
    }

    /** Holds that it names no class but those that are kept. */
    public void assertNamesNoOtherClass() throws IOException {
        assertThat(Files.readString(folder().resolve(METADATA), ISO_8859_1))
                .as("serializers of %s", name)
                .doesNotContain("PojoSerializer", "KryoSerializer")
                .doesNotContainPattern("dev\\.streampane\\.(?!pipeline\\.state\\.)");
    }

    /** Holds that the job has said what it said when this was made. */
    public void assertTold(List<String> lines) throws IOException {
        Path told = folder().resolve(TOLD);
        if (isWritten()) {
            Files.write(told, lines, UTF_8);
        }
        assertThat(lines).isEqualTo(Files.readAllLines(told, UTF_8));
    }
}
