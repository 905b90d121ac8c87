// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import dev.streampane.pipeline.decode.Transaction.Place;
import dev.streampane.pipeline.fraud.Payment;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

public final class PaymentSerializer extends StateSerializer<Payment> {

    @Override
    void write(Payment payment, DataOutputSerializer out) throws IOException {
        writeText(out, payment.client());
        out.writeLong(payment.eventTime());
        writeText(out, payment.topic());
        out.writeInt(payment.partition());
        out.writeLong(payment.offset());
        out.writeLong(payment.amountUnits());
        writeText(out, payment.merchant());
        writeNullable(out, payment.place(), PaymentSerializer::writePlace);
        out.writeLong(payment.earlierCount());
        writeNumber(out, payment.earlierSumUnits());
        out.writeLong(payment.watermark());
    }

    @Override
    Payment read(DataInputView in) throws IOException {
        return new Payment(
                readText(in),
                in.readLong(),
                readText(in),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                readText(in),
                readNullable(in, from -> new Place(from.readInt(), from.readInt())),
                in.readLong(),
                readNumber(in),
                in.readLong());
    }

    private static void writePlace(DataOutputSerializer out, Place place) throws IOException {
        out.writeInt(place.latitudeMicros());
        out.writeInt(place.longitudeMicros());
    }

    @Override
    public TypeSerializerSnapshot<Payment> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Part of the on-disk format. */
    public static final class Snapshot extends StateSnapshot<Payment> {

        public Snapshot() {
            super(PaymentSerializer::new);
        }
    }
}
