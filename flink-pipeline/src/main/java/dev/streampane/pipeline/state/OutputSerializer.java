// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.Output.Channel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes {@link Output}s, which are never in state. */
public final class OutputSerializer extends StateSerializer<Output> {

    private static final Channel[] CHANNELS = Channel.values();

    public static final TypeInformation<Output> TYPE = new StateTypeInfo<>(Output.class, new OutputSerializer());

    @Override
    void write(Output output, DataOutputSerializer out) throws IOException {
        out.writeByte(output.channel().ordinal());
        writeBytes(out, output.key());
        writeBytes(out, output.value());
        Map<String, String> headers = output.headers();
        out.writeInt(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            writeText(out, header.getKey());
            writeText(out, header.getValue());
        }
    }

    @Override
    Output read(DataInputView in) throws IOException {
        return new Output(CHANNELS[in.readByte()], readBytes(in), readBytes(in), readHeaders(in));
    }

    private static Map<String, String> readHeaders(DataInputView in) throws IOException {
        int size = in.readInt();
        if (size == 0) {
            return Map.of();
        }
        var headers = new LinkedHashMap<String, String>();
        for (int i = 0; i < size; i++) {
            headers.put(readText(in), readText(in));
        }
        return headers;
    }

    @Override
    public TypeSerializerSnapshot<Output> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Used to duplicate the serializer. */
    public static final class Snapshot extends StateSnapshot<Output> {

        public Snapshot() {
            super(OutputSerializer::new);
        }
    }
}
