// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.connector.file.sink.compactor.RecordWiseFileCompactor;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.parquet.ParquetInputFile;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Writes rows to Parquet files and reads them back, compressed with Zstandard. Of Hadoop only the classes that Parquet's own classes refer to
 * are needed: no {@code Configuration} is created.
 */
final class ArchiveFiles {

    /** The columns, in the order of {@link ArchivedRow}. Readers depend on them: add columns only at the end, and only optional ones. */
    static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
                    message time_series {
                      required int64 step (TIMESTAMP(MILLIS,true));
                      required binary name (STRING);
                      required binary value (STRING);
                      required binary type (STRING);
                      optional int64 append_time (TIMESTAMP(MILLIS,true));
                      required binary topic (STRING);
                      required int32 partition;
                      required int64 offset;
                      required int32 row;
                      required binary verdict (STRING);
                    }
                    """);

    private static final int FEW = 100;

    /** About the most bytes that an open file holds in memory. The default, 128 MiB, is much for a job that shares its process. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    private ArchiveFiles() {}

    /** Writes one file; {@link BulkWriter#finish} writes its footer. An open file of more than a few rows takes about 200 KB of memory. */
    static BulkWriter.Factory<ArchivedRow> writer() {
        var groups = new ParquetWriterFactory<>(ArchiveFiles::open);
        return stream -> new RowWriter(groups, stream);
    }

    /** Reads a finished file row by row; returns null after the last one. */
    static RecordWiseFileCompactor.Reader.Factory<ArchivedRow> reader() {
        return RowReader::new;
    }

    private static ParquetWriter<Group> open(OutputFile file) throws IOException {
        return ExampleParquetWriter.builder(file)
                .withType(SCHEMA)
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new ZstdCodec())
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .build();
    }

    private static Group group(ArchivedRow row) {
        Group group = new SimpleGroup(SCHEMA)
                .append("step", row.step())
                .append("name", row.name())
                .append("value", row.value())
                .append("type", row.type())
                .append("topic", row.topic())
                .append("partition", row.partition())
                .append("offset", row.offset())
                .append("row", row.row())
                .append("verdict", row.verdict());
        return row.appendTime() == null ? group : group.append("append_time", row.appendTime());
    }

    private static ArchivedRow row(Group group) {
        return new ArchivedRow(
                group.getLong("step", 0),
                group.getString("name", 0),
                group.getString("value", 0),
                group.getString("type", 0),
                group.getFieldRepetitionCount("append_time") == 0 ? null : group.getLong("append_time", 0),
                group.getString("topic", 0),
                group.getInteger("partition", 0),
                group.getLong("offset", 0),
                group.getInteger("row", 0),
                group.getString("verdict", 0));
    }

    /** Keeps the rows of a file as they are until there are {@code FEW}: Parquet's columns take memory, and many files may have only a few rows. */
    private static final class RowWriter implements BulkWriter<ArchivedRow> {

        private final Factory<Group> columns;
        private final FSDataOutputStream stream;
        private final List<ArchivedRow> few = new ArrayList<>();
        private BufferedFile blocks;
        private BulkWriter<Group> groups;

        RowWriter(Factory<Group> columns, FSDataOutputStream stream) {
            this.columns = columns;
            this.stream = stream;
        }

        @Override
        public void addElement(ArchivedRow row) throws IOException {
            if (groups != null) {
                groups.addElement(group(row));
                return;
            }
            few.add(row);
            if (few.size() == FEW) {
                open();
            }
        }

        private void open() throws IOException {
            blocks = new BufferedFile(stream);
            groups = columns.create(blocks);
            for (ArchivedRow row : few) {
                groups.addElement(group(row));
            }
            few.clear();
        }

        @Override
        public void flush() {}

        @Override
        public void finish() throws IOException {
            if (groups == null) {
                open();
            }
            groups.finish();
            blocks.flush();
        }
    }

    /** Buffers the bytes of a file: Parquet writes most of a footer byte by byte, which takes two thirds of the time of a file of one row. */
    private static final class BufferedFile extends FSDataOutputStream {

        private final FSDataOutputStream stream;
        private final OutputStream blocks;
        private long position;

        BufferedFile(FSDataOutputStream stream) {
            this.stream = stream;
            this.blocks = new BufferedOutputStream(stream);
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int octet) throws IOException {
            blocks.write(octet);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            blocks.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            blocks.flush();
        }

        @Override
        public void sync() throws IOException {
            flush();
            stream.sync();
        }

        @Override
        public void close() throws IOException {
            blocks.close();
        }
    }

    private static final class RowReader implements RecordWiseFileCompactor.Reader<ArchivedRow> {

        private final FSDataInputStream stream;
        private final ParquetReader<Group> groups;

        RowReader(Path path) throws IOException {
            FileSystem files = path.getFileSystem();
            stream = files.open(path);
            groups = new GroupReader(
                            new ParquetInputFile(
                                    stream, files.getFileStatus(path).getLen()),
                            new PlainParquetConfiguration())
                    .withCodecFactory(new ZstdCodec())
                    .build();
        }

        @Override
        public ArchivedRow read() throws IOException {
            Group group = groups.read();
            return group == null ? null : row(group);
        }

        @Override
        public void close() throws IOException {
            try (stream) {
                groups.close();
            }
        }
    }

    private static final class GroupReader extends ParquetReader.Builder<Group> {

        GroupReader(InputFile file, ParquetConfiguration configuration) {
            super(file, configuration);
        }

        @Override
        protected ReadSupport<Group> getReadSupport() {
            return new GroupReadSupport();
        }
    }
}
