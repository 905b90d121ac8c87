// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.file.src.compression.StandardDeCompressors;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.IteratorResultIterator;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of one file, decompressed as its name says. Where it cannot be decompressed any further it ends, and what is left of it, a
 * begun line too, is one row that is rejected. A file that cannot be read at all is an error.
 */
final class FileLines implements BulkFormat.Reader<byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(FileLines.class);
    private static final int BATCH_BYTES = 1 << 20;

    /** No text is UTF-8 with this. */
    private static final byte[] REJECTED = {(byte) 0xFF};

    private final Path path;
    private final long toSkip;
    private final InputStream stored;
    private Lines lines;
    private boolean broken;
    private long read;

    /**
     * @param toSkip how many lines were read before
     */
    FileLines(Path path, long toSkip) throws IOException {
        this.path = path;
        this.toSkip = toSkip;
        stored = new Stored(path.getFileSystem().open(path));
    }

    @Override
    public BulkFormat.RecordIterator<byte[]> readBatch() {
        while (read < toSkip && next() != null) {
            read++;
        }
        List<byte[]> batch = new ArrayList<>();
        int bytes = 0;
        byte[] line;
        while (bytes < BATCH_BYTES && (line = next()) != null) {
            batch.add(line);
            bytes += line.length + 1;
        }
        if (batch.isEmpty()) {
            return null;
        }
        var records = new IteratorResultIterator<>(batch.iterator(), CheckpointedPosition.NO_OFFSET, read);
        read += batch.size();
        return records;
    }

    private byte[] next() {
        if (broken) {
            return null;
        }
        try {
            if (lines == null) {
                var compression = StandardDeCompressors.getDecompressorForFileName(path.getPath());
                lines = new Lines(compression == null ? stored : compression.create(stored));
            }
            return lines.next();
        } catch (IOException | NoClassDefFoundError e) { // Flink names xz as known, and does not bring what reads it
            LOG.warn("File cannot be decompressed, its rest is not counted, file={} cause={}", path, e.toString());
            broken = true;
            return REJECTED;
        }
    }

    @Override
    public void close() throws IOException {
        try (stored) {
            if (lines != null) {
                lines.close();
            }
        }
    }

    /** A file as it is stored, whose own failures are none of its content's. */
    private static final class Stored extends FilterInputStream {

        Stored(InputStream file) {
            super(file);
        }

        @Override
        public int read() {
            try {
                return in.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                return in.read(bytes, offset, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
