// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes a type that is kept in state, field by field. A subclass defines how, and has a public {@code Snapshot}, whose class name is part
 * of the on-disk format.
 *
 * <p>Each value is written to the target as one array, because each call to the stream of a checkpoint is expensive. Used by one thread.
 */
public abstract class StateSerializer<T> extends TypeSerializer<T> {

    private transient DataOutputSerializer buffer;

    @FunctionalInterface
    interface Write<F> {
        void to(DataOutputSerializer out, F field) throws IOException;
    }

    @FunctionalInterface
    interface Read<F> {
        F from(DataInputView in) throws IOException;
    }

    abstract void write(T value, DataOutputSerializer out) throws IOException;

    abstract T read(DataInputView in) throws IOException;

    @Override
    public final void serialize(T value, DataOutputView target) throws IOException {
        if (buffer == null) {
            buffer = new DataOutputSerializer(256);
        }
        buffer.clear();
        write(value, buffer);
        target.write(buffer.getSharedBuffer(), 0, buffer.length());
    }

    @Override
    public final T deserialize(DataInputView source) throws IOException {
        return read(source);
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return read(source);
    }

    /** Returns {@code from} itself; serializers of mutable types override this. */
    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(read(source), target);
    }

    @Override
    public final T createInstance() {
        return null;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    public final TypeSerializer<T> duplicate() {
        return snapshotConfiguration().restoreSerializer();
    }

    @Override
    public final boolean equals(Object other) {
        return other != null && getClass() == other.getClass();
    }

    @Override
    public final int hashCode() {
        return getClass().hashCode();
    }

    /** A deep copy. */
    final T reread(T value) {
        var out = new DataOutputSerializer(256);
        try {
            write(value, out);
            return read(new DataInputDeserializer(out.getSharedBuffer(), 0, out.length()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void writeBytes(DataOutputSerializer out, byte[] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    static byte[] readBytes(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    static void writeText(DataOutputSerializer out, String text) throws IOException {
        writeBytes(out, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    static String readText(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static void writeNumber(DataOutputSerializer out, BigInteger number) throws IOException {
        writeBytes(out, number.toByteArray());
    }

    static BigInteger readNumber(DataInputView in) throws IOException {
        return new BigInteger(readBytes(in));
    }

    /** Null is written as a second that is earlier than every instant. */
    static void writeInstant(DataOutputSerializer out, Instant instant) throws IOException {
        out.writeLong(instant == null ? Long.MIN_VALUE : instant.getEpochSecond());
        if (instant != null) {
            out.writeInt(instant.getNano());
        }
    }

    static Instant readInstant(DataInputView in) throws IOException {
        long second = in.readLong();
        return second == Long.MIN_VALUE ? null : Instant.ofEpochSecond(second, in.readInt());
    }

    static <F> void writeNullable(DataOutputSerializer out, F field, Write<F> write) throws IOException {
        out.writeBoolean(field != null);
        if (field != null) {
            write.to(out, field);
        }
    }

    static <F> F readNullable(DataInputView in, Read<F> read) throws IOException {
        return in.readBoolean() ? read.from(in) : null;
    }

    static <F> void writeList(DataOutputSerializer out, List<F> list, Write<F> write) throws IOException {
        out.writeInt(list.size());
        for (F element : list) {
            write.to(out, element);
        }
    }

    static <F> List<F> readList(DataInputView in, Read<F> read) throws IOException {
        int size = in.readInt();
        var list = new ArrayList<F>(size);
        for (int i = 0; i < size; i++) {
            list.add(read.from(in));
        }
        return list;
    }
}
