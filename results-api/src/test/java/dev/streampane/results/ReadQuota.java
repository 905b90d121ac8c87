// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import dev.streampane.local.server.LocalKafka;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaAlteration.Op;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/** The broker lets a client read a number of bytes a second, ten times as many at once. */
public final class ReadQuota {

    private final LocalKafka kafka;
    private final String clientId;

    public ReadQuota(LocalKafka kafka, String clientId, double bytesPerSecond) {
        this.kafka = kafka;
        this.clientId = clientId;
        set(bytesPerSecond);
    }

    private void set(Double bytesPerSecond) {
        var ofClient = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, clientId));
        var quota = new ClientQuotaAlteration(ofClient, List.of(new Op("consumer_byte_rate", bytesPerSecond)));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterClientQuotas(List.of(quota)).all().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** It may read as much as it can from now on. */
    public void lift() {
        set(null);
    }
}
