// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.api.connector.sink2.mocks.MockCommitRequest;
import org.apache.flink.connector.file.sink.FileSinkCommittable;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileSinkTest {

    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final String TAG = "tag";

    @TempDir
    private Path archive;

    @AutoClose
    private OneInputStreamOperatorTestHarness<ArchivedRow, CommittableMessage<FileSinkCommittable>> rows;

    private long openFiles() throws IOException {
        try (Stream<Path> open = Files.list(OPEN)) {
            return open.filter(this::isOfTheArchive).count();
        }
    }

    private boolean isOfTheArchive(Path open) {
        try {
            return Files.readSymbolicLink(open).startsWith(archive);
        } catch (IOException closed) {
            return false;
        }
    }

    /** As a checkpoint does, all that the sink has given. */
    private void commit(BoundedFileSink sink) throws Exception {
        List<CommitRequest<FileSinkCommittable>> requests = new ArrayList<>();
        for (var message : rows.extractOutputValues()) {
            if (message instanceof CommittableWithLineage<FileSinkCommittable> file) {
                requests.add(new MockCommitRequest<>(file.getCommittable()));
            }
        }
        sink.createCommitter(null).commit(requests);
    }

    @Test
    void shouldHaveABoundedNumberOfFilesOpenAndOneForEachDayWhenRowsAreOfVeryManyDays() throws Exception {
        // Given
        int days = 8;
        BoundedFileSink sink = open(3, Integer.MAX_VALUE);

        // When
        long mostOpen = 0;
        for (int row = 0; row < 3 * days; row++) {
            rows.processElement(row(row, Duration.ofDays(row % days), "1"), 0);
            mostOpen = Math.max(mostOpen, openFiles());
        }
        rows.prepareSnapshotPreBarrier(1);
        commit(sink);

        // Then
        assertThat(mostOpen).isEqualTo(3);
        assertThat(openFiles()).isZero();
        assertThat(ArchiveReader.all(archive))
                .hasSize(days)
                .flatExtracting(ArchiveReader::read)
                .extracting(ArchivedRow::row)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 3 * days).boxed().toList());
    }

    @Test
    void shouldWriteRowsThatWaitOnceTheyAreMany() throws Exception {
        // Given
        int days = 8;
        int bytes = 1024; // of a row, 256 of them beside name and value
        int many = BoundedFileSink.FULL / bytes;
        String value = "1".repeat(bytes - 256 - TAG.length());
        BoundedFileSink sink = open(3, Integer.MAX_VALUE);

        // When
        for (int row = 0; row < 2 * many; row++) {
            rows.processElement(row(row, Duration.ofDays(row % days), value), 0);
        }
        int before = ArchiveReader.all(archive).size();
        long mostOpen = openFiles();
        rows.prepareSnapshotPreBarrier(1);
        commit(sink);

        // Then
        assertThat(before).isGreaterThan(3);
        assertThat(mostOpen).isLessThanOrEqualTo(3);
        assertThat(openFiles()).isZero();
        assertThat(ArchiveReader.all(archive))
                .hasSizeLessThanOrEqualTo(2 * days)
                .flatExtracting(ArchiveReader::read)
                .hasSize(2 * many)
                .doesNotHaveDuplicates();
    }

    /** Parquet holds a file's rows in memory until there is a row group of them. */
    @Test
    void shouldEndTheOpenFilesOfManyDaysOnceTheyHaveManyRows() throws Exception {
        // Given
        int days = 8;
        int most = 100;
        BoundedFileSink sink = open(days, most);
        // When
        for (int row = 0; row < 10 * most; row++) {
            rows.processElement(row(row, Duration.ofDays(row % days), "1"), 0);
            assertThat(openFiles())
                    .as("after row %d", row)
                    .isEqualTo(row % most == most - 1 ? 0 : Math.min(days, row % most + 1));
        }
        rows.prepareSnapshotPreBarrier(1);
        commit(sink);
        // Then
        assertThat(ArchiveReader.all(archive))
                .hasSize(10 * days)
                .flatExtracting(ArchiveReader::read)
                .hasSize(10 * most)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldLeaveTheFilesOfAFewDaysOpenHoweverManyRowsTheyHave() throws Exception {
        // Given
        int days = 6;
        BoundedFileSink sink = open(500, 100);
        // When
        for (int row = 0; row < 1_000; row++) {
            rows.processElement(row(row, Duration.ofDays(row % days), "1"), 0);
        }
        rows.prepareSnapshotPreBarrier(1);
        commit(sink);
        // Then
        assertThat(ArchiveReader.all(archive)).hasSize(days);
    }

    private BoundedFileSink open(int mostOpen, int mostRows) throws Exception {
        var sink = new BoundedFileSink(
                ArchiveSink.files(
                        new org.apache.flink.core.fs.Path(archive.toUri()),
                        1,
                        Duration.ofHours(4),
                        Duration.ofMinutes(1)),
                mostOpen,
                mostRows);
        rows = new OneInputStreamOperatorTestHarness<>(new SinkWriterOperatorFactory<>(sink));
        rows.setup(CommittableMessageTypeInfo.of(sink::getCommittableSerializer)
                .createSerializer(new SerializerConfigImpl()));
        rows.open();
        return sink;
    }

    private static ArchivedRow row(int number, Duration step, String value) {
        return new ArchivedRow(
                step.toMillis(), TAG, value, "INTEGER", null, "time-series", 0, 0, number, ArchivedRow.COUNTED);
    }
}
