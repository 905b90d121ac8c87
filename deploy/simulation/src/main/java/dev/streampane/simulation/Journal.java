// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jboss.logging.Logger;

/**
 * Writes one JSON line per record that Kafka acknowledged, so that the topics can be compared with it:
 *
 * <pre>
 * {"topic":"device-readings","partition":1,"offset":42,"kind":"reading","seq":17,"key":"device1","sha256":"9f86d0…"}
 * {"topic":"device-readings","partition":0,"offset":43,"kind":"heartbeat","seq":1795154400,"key":null,"sha256":"60303a…"}
 * </pre>
 *
 * {@code sha256} is the hash of the value's bytes. A line is written after its record was acknowledged. Complete lines are
 * written a few times per second: after a {@code kill -9} the newest may be missing, but no line is wrong. A full disk may cut a line
 * off; the next start ends it with a line feed. An existing file is appended to. A failed write is logged once and ends the journal.
 *
 * <p>Safe for use by several threads.
 */
final class Journal implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Journal.class);
    private static final int FLUSH_AT_BYTES = 64 * 1024;

    private final String kind;
    private final Path file;
    private final OutputStream out;
    private final MessageDigest sha256;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream(2 * FLUSH_AT_BYTES);
    private boolean closed;

    private Journal(String kind, Path file, OutputStream out) {
        this.kind = kind;
        this.file = file;
        this.out = out;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * @param kind kind of all records except heartbeats
     * @throws IOException if the file cannot be written
     */
    static Journal open(String kind, Path file) throws IOException {
        Journal journal = new Journal(kind, file, Files.newOutputStream(file, CREATE, WRITE, APPEND));
        if (isCut(file)) {
            journal.lines.write('\n');
        }
        return journal;
    }

    private static boolean isCut(Path file) throws IOException {
        if (!Files.isReadable(file) || Files.size(file) == 0) {
            return false;
        }
        try (var bytes = Files.newByteChannel(file)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            bytes.position(bytes.size() - 1).read(last);
            return last.get(0) != '\n';
        }
    }

    synchronized void acknowledged(OutgoingRecord outgoing, String topic, int partition, long offset) {
        if (closed) {
            return;
        }
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("topic", topic).put("partition", partition).put("offset", offset);
        line.put("kind", outgoing.heartbeat() ? "heartbeat" : kind).put("seq", outgoing.sequence());
        line.put("key", outgoing.key() == null ? null : new String(outgoing.key(), UTF_8));
        line.put("sha256", HexFormat.of().formatHex(sha256.digest(outgoing.value())));
        lines.writeBytes((line + "\n").getBytes(UTF_8));
        if (lines.size() >= FLUSH_AT_BYTES) {
            flush();
        }
    }

    /** Writes the buffered lines to the file. */
    synchronized void flush() {
        if (closed || lines.size() == 0) {
            return;
        }
        try {
            lines.writeTo(out);
            lines.reset();
        } catch (IOException e) {
            closed = true;
            LOG.errorf("the journal cannot be written and ends here: file=%s cause=%s", file, e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        flush();
        closed = true;
        out.close();
    }
}
