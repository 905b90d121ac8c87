// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.flink.api.common.io.compression.Bzip2InputStreamFactory;
import org.apache.flink.api.common.io.compression.GzipInflaterInputStreamFactory;
import org.apache.flink.connector.file.src.compression.StandardDeCompressors;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.IteratorResultIterator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of one file, decompressed according to its name. If decompression fails, the file ends there: the rest of it, including a line that
 * has begun, becomes one rejected row. If the file no longer exists, what was not read of it becomes one rejected row. A file that cannot be
 * read at all is an error. So is a file that may still be written when decompression fails: when the job reads it again, it is complete, or
 * broken.
 */
final class FileLines implements BulkFormat.Reader<byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(FileLines.class);
    private static final int BATCH_BYTES = 1 << 20;

    /** A byte that no UTF-8 text has. */
    private static final byte[] REJECTED = {(byte) 0xFF};

    private final Path path;
    private final long toSkip;
    private final Duration settling;
    private final boolean gone;
    private final long length;
    private final InputStream stored;
    private Lines lines;
    private boolean broken;
    private long read;

    /**
     * @param toSkip the number of lines that were read before
     * @param settling how long after its last change the file may still be written
     */
    FileLines(Path path, long toSkip, Duration settling) throws IOException {
        this.path = path;
        this.toSkip = toSkip;
        this.settling = settling;
        gone = !path.getFileSystem().exists(path);
        length = gone ? 0 : status().getLen();
        stored = gone
                ? InputStream.nullInputStream()
                : new Stored(path.getFileSystem().open(path));
        read = gone ? toSkip : 0;
    }

    @Override
    public BulkFormat.RecordIterator<byte[]> readBatch() throws IOException {
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

    private byte[] next() throws IOException {
        if (broken) {
            return null;
        }
        if (gone) {
            LOG.warn("File is gone, its lines are not counted, file={} counted={}", path, toSkip);
            broken = true;
            return REJECTED;
        }
        try {
            if (lines == null) {
                lines = new Lines(decompressed());
            }
            return lines.next();
        } catch (IOException | NoClassDefFoundError e) { // Flink knows xz by name, but has no library that reads it
            if (e instanceof IOException && isWritten()) {
                throw new IOException(
                        "file " + path + " cannot be decompressed, and may still be written: it is read again", e);
            }
            LOG.warn("File cannot be decompressed, its rest is not counted, file={} cause={}", path, e.toString());
            broken = true;
            return REJECTED;
        }
    }

    private InputStream decompressed() throws IOException {
        var compression = StandardDeCompressors.getDecompressorForFileName(path.getPath());
        if (compression instanceof Bzip2InputStreamFactory) { // Flink's stream ends after the first of several
            return new BZip2CompressorInputStream(stored, true);
        }
        if (compression instanceof GzipInflaterInputStreamFactory) {
            return new WholeGzip(stored);
        }
        return compression == null ? stored : compression.create(stored);
    }

    /** Whether the file's length has changed, or it was modified less than {@code settling} ago; a time far in the future is from another clock. */
    private boolean isWritten() throws IOException {
        FileStatus now = status();
        long age = System.currentTimeMillis() - now.getModificationTime();
        return now.getLen() != length || Math.abs(age) < settling.toMillis();
    }

    private FileStatus status() throws IOException {
        return path.getFileSystem().getFileStatus(path);
    }

    @Override
    public void close() throws IOException {
        try (stored) {
            if (lines != null) {
                lines.close();
            }
        }
    }

    /**
     * Fails if the bytes after the last member are not a member: zeros, for example, or a member that is cut in its header. Java's class takes
     * them for the end of the file. One case is not found: a member that is cut in its header, after a member that ends at the end of a buffer.
     */
    private static final class WholeGzip extends GZIPInputStream {

        private static final int BUFFER_BYTES = 1 << 14;
        private static final int TRAILER_BYTES = 8;

        WholeGzip(InputStream file) throws IOException {
            super(file, BUFFER_BYTES);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            if (read < 0 && (inf.getRemaining() > TRAILER_BYTES || in.read() >= 0)) {
                throw new ZipException("Invalid data after the last gzip member");
            }
            return read;
        }
    }

    /** The stored bytes of a file. Throws the errors of storage unchecked, so that they are not taken for errors of the content. */
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
