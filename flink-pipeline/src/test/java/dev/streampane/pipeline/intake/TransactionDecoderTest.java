// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.contract.ContractFiles;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransactionDecoderTest {

    private final SameVerdicts<Transaction> verdicts = new SameVerdicts<>(
            new TransactionDecoder(ZoneOffset.UTC),
            TransactionDecoder.FIELDS,
            (fetched, fields) -> TransactionDecoder.transaction(fetched, fields, ZoneOffset.UTC));

    private static String usual(Random random) {
        String client = "\"client\":" + random.nextInt(3_000);
        String ts = "\"ts\":" + SameVerdicts.time(random);
        String amount = "\"amount\":" + SameVerdicts.number(random, 4);
        return random.nextBoolean()
                ? SameVerdicts.object(random, client, ts, amount)
                : SameVerdicts.object(
                        random,
                        client,
                        ts,
                        amount,
                        "\"merchant\":\"Shop " + random.nextInt(100) + '"',
                        "\"lat\":" + SameVerdicts.number(random, 6),
                        "\"lon\":" + SameVerdicts.number(random, 6));
    }

    @Test
    void shouldReadUsualTransactionsByThemselves() {
        verdicts.holdUsual(TransactionDecoderTest::usual, 2);
    }

    @Test
    void shouldSayOfAnyBytesWhatJsonFieldsSay() {
        verdicts.holdMutations(ContractFiles.of("transaction"), TransactionDecoderTest::usual, 100_000);
    }
}
