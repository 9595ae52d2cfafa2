"""awscrt's other client, of MQTT 3.1.1, behind the face of the libraries: it takes QoS 2, and refuses to publish it."""

from broker import LIMIT
from library_clients import LibraryClient, Message


class AwscrtOldClient(LibraryClient):
    """It comes back by itself."""

    forgets_received = True

    def connect(self, settings):
        from awscrt import mqtt

        self._mqtt = mqtt
        self._connection = mqtt.Connection(
            mqtt.Client(),
            settings.host,
            settings.port,
            settings.identifier,
            clean_session=settings.clean,
            reconnect_min_timeout_secs=1,
            reconnect_max_timeout_secs=1,
            disable_metrics=True,
        )
        # For all topics, and before the connection: a session brings messages at once.
        self._connection.on_message(self._on_message)
        self.session_present = self._connection.connect().result(LIMIT)["session_present"]
        return self

    def _on_message(self, topic, payload, dup, qos, retain, **values):
        self.messages.put(Message(topic, bytes(payload), int(qos), retain))

    def subscribe(self, name, qos=1):
        sent, _ = self._connection.subscribe(name, self._mqtt.QoS(qos))
        return int(sent.result(LIMIT)["qos"])

    def publish(self, topic, payload, qos=1, retain=False):
        sent, _ = self._connection.publish(topic, payload, self._mqtt.QoS(qos), retain)
        sent.result(LIMIT)

    def disconnect(self):
        self._connection.disconnect().result(LIMIT)
