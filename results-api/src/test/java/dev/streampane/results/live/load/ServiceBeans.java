// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What the virtual machine of a service tells over JMX. */
final class ServiceBeans implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    ServiceBeans(Process process) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            beans = connector.getMBeanServerConnection();
        } finally {
            machine.detach();
        }
    }

    /** Bytes of the heap that are still reachable, after a collection. */
    long heapAfterCollection() throws IOException {
        MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** Client ids of the Kafka consumers that have read a topic. */
    Set<String> consumers(String topic) throws Exception {
        ObjectName fetched =
                new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*,topic=" + topic);
        return beans.queryNames(fetched, null).stream()
                .map(name -> name.getKeyProperty("client-id"))
                .collect(Collectors.toSet());
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
