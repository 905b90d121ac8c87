// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.transactions;

import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Decoder;
import dev.streampane.pipeline.intake.Fetched;
import java.time.ZoneId;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Decodes the records of the input topic. */
public final class TransactionDecoder implements Decoder<Transaction> {

    private static final long serialVersionUID = 1L;

    private final ZoneId zone;

    /** A decoder that reads times without a zone in {@code zone}. */
    public TransactionDecoder(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public Decoded<Transaction> decode(Fetched fetched) {
        throw new UnsupportedOperationException("not wired yet " + zone);
    }

    @Override
    public TypeInformation<Transaction> valueType() {
        return TypeInformation.of(Transaction.class);
    }
}
