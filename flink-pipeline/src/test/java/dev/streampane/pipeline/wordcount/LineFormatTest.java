// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatTest {

    private static final String REJECTED = "\ufffd";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gz", "gzip", "deflate", "bz2", "xz"})
    void shouldTakeAFileThatIsNotCompressedAsItsNameSaysForOneRejectedRow(String extension) throws IOException {
        assertThat(lines(write("file." + extension, "flink\nsql".getBytes(UTF_8)), 0))
                .containsExactly(REJECTED);
        assertThat(lines(write("empty." + extension, new byte[0]), 0)).containsExactly(REJECTED);
    }

    @Test
    void shouldReadAllStreamsOfAFile() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (String text : List.of("flink\n", "sql\n")) { // as pbzip2 and cat make them
            try (var zipped = new BZip2CompressorOutputStream(bytes)) {
                zipped.write(text.getBytes(UTF_8));
            }
        }

        assertThat(lines(write("two.bz2", bytes.toByteArray()), 0)).containsExactly("flink", "sql");
    }

    @Test
    void shouldReadTheSameLinesFromAnyPositionOfABrokenFile() throws IOException {
        // Given
        byte[] zipped = gzip("one\n\ntwo\r\n" + "x".repeat(1 << 20) + "\nthree\n");
        zipped[zipped.length - 8] ^= 1;
        Path file = write("checksum.gz", zipped);

        // When
        List<String> lines = lines(file, 0);

        // Then
        assertThat(lines).containsExactly("one", "", "two\r", "x".repeat(1 << 20), "three", REJECTED);
        for (int read = 1; read <= lines.size(); read++) {
            assertThat(lines(file, read)).as("after %d", read).isEqualTo(lines.subList(read, lines.size()));
        }
    }

    @Test
    void shouldReadTheLinesBeforeTheBreakWhereverAFileIsCut() throws IOException {
        List<String> whole = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            whole.add(Integer.toHexString(i * 0x9E3779B9));
        }
        byte[] zipped = gzip(String.join("\n", whole) + "\n");

        for (int length = zipped.length - 1; length >= 0; length -= 64) {
            List<String> lines = lines(write("cut.gz", Arrays.copyOf(zipped, length)), 0);

            List<String> expected = new ArrayList<>(whole.subList(0, lines.size() - 1));
            expected.add(REJECTED);
            assertThat(lines).as("of %d bytes", length).isEqualTo(expected);
        }
    }

    @Test
    void shouldRejectWhatIsNoMemberBehindTheMembersOfAFile() throws IOException {
        byte[] member = gzip("one\n");
        byte[] two = Arrays.copyOf(member, 2 * member.length);
        System.arraycopy(member, 0, two, member.length, member.length);

        assertThat(lines(write("two.gz", two), 0)).containsExactly("one", "one");
        for (int length = member.length + 1; length < member.length + 18; length++) {
            assertThat(lines(write("cut.gz", Arrays.copyOf(two, length)), 0))
                    .as("of %d bytes", length)
                    .containsExactly("one", REJECTED);
        }
        two[member.length] ^= 1;
        assertThat(lines(write("header.gz", two), 0)).containsExactly("one", REJECTED);
    }

    @Test
    void shouldFailWhereAFileBreaksOffThatIsStillWritten() throws IOException {
        // Given
        byte[] zipped = gzip("one\ntwo\n");
        Path young = write("young.gz", Arrays.copyOf(zipped, zipped.length - 9));
        Path old = write("old.gz", Arrays.copyOf(zipped, zipped.length - 9));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
        var format = new LineFormat(Duration.ofMinutes(1));

        // When, Then
        assertThatThrownBy(() -> read(format, young, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("young.gz");
        assertThat(read(format, old, 0)).hasSize(3);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
        assertThat(read(format, old, 0)).as("of another clock").hasSize(3);
        write("young.gz", zipped);
        assertThat(read(format, young, 0)).hasSize(2);
    }

    @Test
    void shouldFailWhereAFileBreaksOffWhoseLengthHasChanged() throws IOException {
        byte[] zipped = gzip("one\ntwo\n");
        Path file = write("shorter.gz", zipped);

        try (var reader = new LineFormat(Duration.ZERO).createReader(new Configuration(), split(file))) {
            write("shorter.gz", Arrays.copyOf(zipped, zipped.length - 1));
            assertThatThrownBy(reader::readBatch)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("shorter.gz");
        }
    }

    @Test
    void shouldStandForTheRestWithARowThatIsRejected() throws IOException {
        List<Decoded<String>> rows = new ArrayList<>();

        for (byte[] line : read(write("file.gz", new byte[0]), 0)) {
            new WordDecoder()
                    .decode(
                            new Fetched("file", "", 0, 0, Fetched.NO_APPEND_TIME, null, line, WordDecoder.KIND),
                            new ListCollector<>(rows));
        }

        assertThat(rows).extracting(Decoded::reason).containsExactly(RejectReason.NOT_UTF8);
    }

    @Test
    void shouldFailWhenAFileCannotBeRead() throws IOException {
        Path unreadable = Files.createSymbolicLink(directory.resolve("unreadable.gz"), Path.of("/proc/self/mem"));

        assertThatThrownBy(() -> lines(unreadable, 0)).isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2})
    void shouldTakeAFileThatIsGoneForOneRejectedRow(long before) throws IOException {
        assertThat(lines(directory.resolve("none.txt"), before)).containsExactly(REJECTED);
    }

    private static List<String> lines(Path file, long read) throws IOException {
        return read(file, read).stream().map(line -> new String(line, UTF_8)).toList();
    }

    /** The lines after the first ones that were read before. */
    private static List<byte[]> read(Path file, long before) throws IOException {
        return read(new LineFormat(Duration.ZERO), file, before);
    }

    private static FileSourceSplit split(Path file) {
        return new FileSourceSplit("1", new org.apache.flink.core.fs.Path(file.toUri()), 0, 1, 0, 1);
    }

    private static List<byte[]> read(LineFormat format, Path file, long before) throws IOException {
        var split = split(file);
        List<byte[]> lines = new ArrayList<>();
        try (BulkFormat.Reader<byte[]> reader = before == 0
                ? format.createReader(new Configuration(), split)
                : format.restoreReader(
                        new Configuration(),
                        split.updateWithCheckpointedPosition(
                                new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, before)))) {
            for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
                for (var line = batch.next(); line != null; line = batch.next()) {
                    lines.add(line.getRecord());
                    assertThat(line.getRecordSkipCount()).isEqualTo(before + lines.size());
                }
            }
        }
        return lines;
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zipped = new GZIPOutputStream(bytes)) {
            zipped.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
