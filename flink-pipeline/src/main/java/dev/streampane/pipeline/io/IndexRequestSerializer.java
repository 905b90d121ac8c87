// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import dev.streampane.pipeline.intake.Fetched;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;

/**
 * Writes the requests that a snapshot holds. {@link ElasticsearchWriter} empties its buffer before every snapshot, so that there are
 * none; a state that has some is read all the same.
 *
 * <p>Version 1, per request: topic, topic id, partition, offset, append time, key, value, kind, id, documents (count; each: index, id,
 * version, source), reason, message. Texts are UTF-8 with a length in four bytes, -1 for null; numbers are big-endian.
 */
final class IndexRequestSerializer extends AsyncSinkWriterStateSerializer<IndexRequest> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public BufferedRequestState<IndexRequest> deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("requests are of version " + version + ", this job reads " + VERSION);
        }
        return super.deserialize(version, serialized);
    }

    @Override
    protected void serializeRequestToStream(IndexRequest request, DataOutputStream out) throws IOException {
        Fetched record = request.record();
        write(record.topic(), out);
        write(record.topicId(), out);
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.appendTime());
        write(record.key(), out);
        write(record.value(), out);
        write(record.kind(), out);
        write(request.id(), out);
        out.writeInt(request.documents().size());
        for (IndexRequest.Document document : request.documents()) {
            write(document.index(), out);
            write(document.id(), out);
            out.writeLong(document.version());
            write(document.source(), out);
        }
        write(request.reason(), out);
        write(request.message(), out);
    }

    @Override
    protected IndexRequest deserializeRequestFromStream(long requestSize, DataInputStream in) throws IOException {
        Fetched record = new Fetched(
                text(in), text(in), in.readInt(), in.readLong(), in.readLong(), bytes(in), bytes(in), text(in));
        String id = text(in);
        int size = in.readInt();
        List<IndexRequest.Document> documents = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            documents.add(new IndexRequest.Document(text(in), text(in), in.readLong(), bytes(in)));
        }
        return new IndexRequest(record, id, List.copyOf(documents), text(in), text(in));
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        write(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
    }

    private static void write(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = bytes(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }
}
