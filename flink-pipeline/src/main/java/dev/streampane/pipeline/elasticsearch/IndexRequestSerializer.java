// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Decoded;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;

/** Serializes an empty list of requests: {@link ElasticsearchWriter} empties its buffer before every snapshot. Fails on a state with requests. */
final class IndexRequestSerializer extends AsyncSinkWriterStateSerializer<Decoded<IndexRequest>> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public BufferedRequestState<Decoded<IndexRequest>> deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("requests are of version " + version + ", this job reads " + VERSION);
        }
        return super.deserialize(version, serialized);
    }

    @Override
    protected void serializeRequestToStream(Decoded<IndexRequest> request, DataOutputStream out) throws IOException {
        throw new IOException("a request is left at a snapshot: "
                + (request.rejected() ? request.message() : request.value().id()));
    }

    @Override
    protected Decoded<IndexRequest> deserializeRequestFromStream(long requestSize, DataInputStream in)
            throws IOException {
        throw new IOException("the state holds requests, which no snapshot of this job does");
    }
}
