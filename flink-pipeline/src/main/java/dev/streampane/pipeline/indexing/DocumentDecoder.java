// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RecordDecoder;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Makes the documents of records. */
interface DocumentDecoder extends RecordDecoder<Indexed> {

    Decoded<Indexed> read(Fetched fetched) throws Rejection;

    @Override
    default Decoded<Indexed> decode(Fetched fetched) {
        try {
            return read(fetched);
        } catch (Rejection e) {
            return Decoded.rejected(fetched, e);
        } catch (RuntimeException e) {
            // A record that no check foresaw must not restart the job for ever.
            return Decoded.rejected(fetched, RejectReason.NOT_JSON, "unreadable: " + e);
        }
    }

    @Override
    default TypeInformation<Indexed> valueType() {
        return TypeInformation.of(Indexed.class);
    }
}
