// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.time.ZoneOffset;
import java.util.Random;

class TransactionDecoderTest extends DecoderContract<Transaction> {

    TransactionDecoderTest() {
        super(
                "transaction",
                new TransactionDecoder(ZoneOffset.UTC),
                TransactionDecoder.FIELDS,
                (fetched, fields) -> TransactionDecoder.transaction(fetched, fields, ZoneOffset.UTC));
    }

    @Override
    protected String usual(Random random) {
        String client = "\"client\":" + random.nextInt(3_000);
        String ts = "\"ts\":" + time(random);
        String amount = "\"amount\":" + number(random, 4);
        return random.nextBoolean()
                ? object(random, client, ts, amount)
                : object(
                        random,
                        client,
                        ts,
                        amount,
                        "\"merchant\":\"Shop " + random.nextInt(100) + '"',
                        "\"lat\":" + number(random, 6),
                        "\"lon\":" + number(random, 6));
    }
}
